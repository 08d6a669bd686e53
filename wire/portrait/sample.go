package portrait

import (
	"math/rand/v2"
	"slices"
)

// Bounds of a sample.
const (
	maxSample = 1024    // values that are kept
	maxValue  = 1 << 46 // of nanoseconds, that is 19 hours
)

// A sample holds numbers of one kind, nanoseconds or bytes: all of them, or of
// many a fair choice (J. S. Vitter, Random sampling with a reservoir, ACM
// Transactions on Mathematical Software 11, 1985, algorithm R). Its zero value
// is empty. The choice depends on the order of the numbers only. What a clock
// that was set makes of a time counts as the nearest bound.
type sample struct {
	n    int
	kept []int64
}

func (s *sample) add(v int64) {
	s.n++
	v = min(max(v, 0), maxValue)
	if len(s.kept) < maxSample {
		s.kept = append(s.kept, v)
		return
	}
	var g rand.PCG
	g.Seed(0x706f727472616974, uint64(s.n))
	if i := g.Uint64() % uint64(s.n); i < maxSample { // the bias of the remainder is below 2^-32
		s.kept[i] = v
	}
}

// sorted returns the values kept, in order.
func (s *sample) sorted() []int64 { return slices.Sorted(slices.Values(s.kept)) }

// quantile is the value of nearest rank; 0 if there is none.
func (s *sample) quantile(q float64) int64 { return quantile(s.sorted(), q) }

func (s *sample) median() int64 { return s.quantile(0.5) }

func quantile(sorted []int64, q float64) int64 {
	if len(sorted) == 0 {
		return 0
	}
	i := int(q * float64(len(sorted)))
	return sorted[min(max(i, 0), len(sorted)-1)]
}

// each returns the sample with its values changed.
func (s *sample) each(change func(int64) int64) sample {
	out := sample{n: s.n, kept: make([]int64, len(s.kept))}
	for i, v := range s.kept {
		out.kept[i] = change(v)
	}
	return out
}

// less returns the sample with d taken from each value, but for what would be
// below nothing.
func (s *sample) less(d int64) sample {
	return s.each(func(v int64) int64 { return max(0, v-d) })
}
