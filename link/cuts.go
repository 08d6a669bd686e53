package link

import (
	"cmp"
	"slices"

	"rstorm/faults"
)

// cuts are the faults of a point that strike when so many bytes of a message's
// content have passed.
type cuts struct {
	first int64           // bytes at which the first can strike; negative if there is none
	ahead []faults.Strike // of the current message, by bytes
}

// cuts returns the faults at point, none of them asked yet.
func (l *Link) cuts(point faults.Point) cuts {
	first := int64(-1)
	for _, f := range l.cfg.Faults {
		if f.Toxic == nil && f.Point == point && (first < 0 || f.Bytes < first) {
			first = f.Bytes
		}
	}
	return cuts{first: first}
}

// at returns the faults that strike now that passed bytes of content have, and
// where the next one does, -1 for none. At the first place of a message ask is
// asked which hit it.
func (c *cuts) at(passed int64, ask func() []faults.Strike) (now []faults.Strike, next int64) {
	if passed == c.first {
		c.ahead = ask()
		slices.SortStableFunc(c.ahead, func(x, y faults.Strike) int { return cmp.Compare(x.Bytes, y.Bytes) })
	}
	i := slices.IndexFunc(c.ahead, func(s faults.Strike) bool { return s.Bytes > passed })
	if i < 0 {
		now, c.ahead = c.ahead, nil
		return now, -1
	}
	now, c.ahead = c.ahead[:i], c.ahead[i:]
	return now, c.ahead[0].Bytes
}
