package portrait

import (
	"fmt"
	"math"
	"time"
)

// A law is how times are distributed, in the words of a scenario.
type law struct {
	low, high int64   // uniform between them; constant where they are equal
	sigma     float64 // lognormal with the median low, where above 0
}

// Spreads below these are that of a constant.
const (
	narrow   = int64(200 * time.Microsecond) // from the 10th to the 90th percentile
	narrowly = 0.15                          // the same, as a share of the median
)

// law fits one to s, which is not empty: a constant where the spread is small,
// else a uniform or a lognormal distribution, whichever lies nearer (by the
// largest distance between the distribution functions, that of Kolmogorov and
// Smirnov).
func (s *sample) law() law {
	sorted := s.sorted()
	low, middle, high := quantile(sorted, 0.1), quantile(sorted, 0.5), quantile(sorted, 0.9)
	constant := law{low: middle, high: middle}
	if high-low <= max(narrow, int64(narrowly*float64(middle))) {
		return constant
	}
	flat := law{low: round(quantile(sorted, 0.01)), high: round(quantile(sorted, 0.99))}
	if low <= 0 || round(middle) == 0 { // a logarithm wants more
		return flat
	}
	const z90 = 1.2815515655446004
	sigma := math.Log(float64(high)/float64(low)) / (2 * z90)
	bell := law{low: middle, high: middle, sigma: min(5, math.Round(100*sigma)/100)}
	const z999 = 3.090232306167813
	tail := float64(middle) * math.Exp(z999*bell.sigma) // that of a bell must not bring what never came
	if bell.sigma > 0 && tail <= 2*float64(quantile(sorted, 1)) && bell.distance(sorted) < flat.distance(sorted) {
		return bell
	}
	return flat
}

// distance is the largest one between l and what was measured.
func (l law) distance(sorted []int64) (d float64) {
	n := float64(len(sorted))
	for i, v := range sorted {
		p := l.below(v)
		d = max(d, math.Abs(p-float64(i)/n), math.Abs(p-float64(i+1)/n))
	}
	return d
}

// below is the share of l that is no greater than v.
func (l law) below(v int64) float64 {
	switch {
	case l.sigma > 0 && v > 0:
		return math.Erfc(-math.Log(float64(v)/float64(l.low))/(l.sigma*math.Sqrt2)) / 2
	case l.sigma > 0:
		return 0
	case l.high > l.low:
		return min(1, max(0, float64(v-l.low)/float64(l.high-l.low)))
	}
	return 0
}

func (l law) median() int64 {
	if l.sigma > 0 {
		return l.low
	}
	return l.low + (l.high-l.low)/2
}

// String writes l as the value of a key; within a list or a mapping of one line
// it has to stand in quotes.
func (l law) String() string {
	low, high := span(l.low), span(l.high)
	switch {
	case l.sigma > 0:
		return fmt.Sprintf("lognormal(%s, %v)", low, l.sigma)
	case low != high:
		return fmt.Sprintf("uniform(%s, %s)", low, high)
	}
	return low
}

// unit is what times of the size of ns are rounded to.
func unit(ns int64) int64 {
	switch {
	case ns >= int64(100*time.Millisecond):
		return int64(time.Millisecond)
	case ns >= int64(time.Millisecond):
		return int64(100 * time.Microsecond)
	}
	return int64(time.Microsecond)
}

func round(ns int64) int64 {
	u := unit(ns)
	return (ns + u/2) / u * u
}

// span writes a time in milliseconds: 0.483ms, 2.7ms, 20.0ms, 350ms.
func span(ns int64) string {
	ns = round(ns)
	digits := 3
	switch unit(ns) {
	case int64(time.Millisecond):
		digits = 0
	case int64(100 * time.Microsecond):
		digits = 1
	}
	if ns == 0 {
		digits = 0
	}
	return fmt.Sprintf("%.*fms", digits, float64(ns)/1e6)
}
