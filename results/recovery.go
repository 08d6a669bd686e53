package results

import (
	"cmp"
	"slices"
	"time"
)

// steady is how many successes in a row are a recovery that lasts.
const steady = 10

// A comeback collects what was reported after the last fault window had ended.
// The zero value has no window.
type comeback struct {
	ended bool
	end   time.Duration
	after []*Record
}

func newComeback(ends []time.Duration) comeback {
	if len(ends) == 0 {
		return comeback{}
	}
	return comeback{ended: true, end: slices.Max(ends)}
}

func (c *comeback) add(r *Record) {
	if c.ended && r.Done > c.end {
		c.after = append(c.after, r)
	}
}

// times returns how long after the window's end the first success was reported,
// and the first of enough in a row; nil for what never came.
func (c *comeback) times() (first, lasting *time.Duration) {
	slices.SortStableFunc(c.after, func(a, b *Record) int { return cmp.Compare(a.Done, b.Done) })
	row := 0
	for i, r := range c.after {
		if r.Outcome != OK {
			row = 0
			continue
		}
		if first == nil {
			first = new(r.Done - c.end)
		}
		if row++; row == steady {
			return first, new(c.after[i-steady+1].Done - c.end)
		}
	}
	return first, nil
}
