package portrait

import (
	"cmp"
	"net/netip"
	"slices"
)

// maxVisits is how many conversations of a server are kept to be put side by
// side: the first ones that were told of.
const maxVisits = 2048

// A visit is a conversation as its client used it.
type visit struct {
	client       netip.Addr
	began, until int64
	first, last  int // commands; none if none was seen
	refused      bool
	failed       bool // its last command was not answered
}

// visits are those of one server.
type visits struct {
	kept []visit
	n    int
}

func (v *visits) add(one visit) {
	if v.n++; len(v.kept) < maxVisits {
		v.kept = append(v.kept, one)
	}
}

// sort puts them in order of their beginnings.
func (v *visits) sort() {
	slices.SortFunc(v.kept, func(a, b visit) int {
		return cmp.Or(cmp.Compare(a.began, b.began), cmp.Compare(a.until, b.until), a.client.Compare(b.client))
	})
}

// atOnce is how many were under way at once: at most, and as often as in one
// beginning of twenty. They must be sorted.
func (v *visits) atOnce() (most, often int) {
	var ends, counts []int64
	for _, one := range v.kept {
		ends = slices.DeleteFunc(ends, func(end int64) bool { return end <= one.began })
		ends = append(ends, one.until)
		counts = append(counts, int64(len(ends)))
	}
	if len(counts) == 0 {
		return 1, 1
	}
	slices.Sort(counts)
	return int(counts[len(counts)-1]), int(quantile(counts, 0.95))
}

// clients is how many addresses they came from.
func (v *visits) clients() int {
	seen := map[netip.Addr]bool{}
	for _, one := range v.kept {
		seen[one.client] = true
	}
	return len(seen)
}

// between calls f with each two that follow each other from one address, the
// second after the first. They must be sorted.
func (v *visits) between(f func(a, b *visit)) {
	last := map[netip.Addr]*visit{}
	for i := range v.kept {
		b := &v.kept[i]
		if a := last[b.client]; a != nil && b.began >= a.until {
			f(a, b)
		}
		if a := last[b.client]; a == nil || b.until >= a.until {
			last[b.client] = b
		}
	}
}

// gaps are the pauses between visits that had their answer, or were refused, and
// what came next.
func (v *visits) gaps() (s sample) {
	v.between(func(a, b *visit) {
		if a.refused || a.last != none && !a.failed {
			s.add(b.began - a.until)
		}
	})
	return s
}

// refusals is how many visits were refused, in how many rows.
func (v *visits) refusals() (n, rows int) {
	before := false
	for _, one := range v.kept {
		if one.refused {
			n++
			if !before {
				rows++
			}
		}
		before = one.refused
	}
	return n, rows
}
