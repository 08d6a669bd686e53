package sweep

import (
	"cmp"
	"math"
	"slices"

	"rstorm/results"
)

// A point is a value and all that was played of it.
type point struct {
	results.CurvePoint
	counted int      // trials that count
	aside   []Sample // those that do not, because the machine was busy
	dead    bool     // it can't be played
}

// patience is how many trials of a value are played again because the machine was
// too busy to play them as they were meant. If it stays so, they count.
const patience = 3

func (p *point) add(s Sample) {
	p.Trials++
	if s.Perturbed {
		p.Perturbed++
	}
	if s.Perturbed && len(p.aside) < patience {
		p.aside = append(p.aside, s)
		return
	}
	p.count(s)
	p.dead = p.Commands == 0
}

func (p *point) count(s Sample) {
	p.counted++
	p.Commands, p.OK = p.Commands+s.Commands, p.OK+s.OK
	p.Losses, p.P99 = p.Losses.Plus(s.Losses), max(p.P99, s.P99)
}

// The normal quantiles of the Wilson intervals of 95 and 99 %.
const (
	z95 = 1.959963984540054
	z99 = 2.5758293035489004
)

// side is where the interval lies that z stands for.
func side(ok, n int, bound, z float64) results.Side {
	switch _, low, high := results.Wilson(ok, n, z); {
	case low >= bound:
		return results.Above
	case high < bound:
		return results.Below
	}
	return results.Undecided
}

// least is how many trials of one value may be played at least.
const least = 16

// most is how many trials of one value are played at most, twice as many as would
// show that a value without a loss lies above the bound: what can't be told from
// it by then lies on it for all that matters.
func (p *point) most(bound float64) int {
	perfect := z99 * z99 * bound / (1 - bound) // commands, by the Wilson interval
	return max(least, int(math.Ceil(2*perfect*float64(p.counted)/float64(p.Commands))))
}

// lacks is how many more trials p needs before the interval of z decides, if its
// share stays as it is; none if it has decided, or will not in time.
func (p *point) lacks(bound, z float64) int {
	switch {
	case p.dead || p.Trials == 0:
		return 0
	case p.counted == 0:
		return 1
	case side(p.OK, p.Commands, bound, z) != results.Undecided:
		return 0
	}
	most := p.most(bound)
	for trials := p.counted + 1; trials < most; trials++ {
		scaled := func(n int) int { return int(math.Round(float64(n) * float64(trials) / float64(p.counted))) }
		if side(scaled(p.OK), scaled(p.Commands), bound, z) != results.Undecided {
			return trials - p.counted
		}
	}
	return max(0, min(p.counted, most-p.counted)) // it may change its mind
}

// result completes the point.
func (p *point) result(bound float64) results.CurvePoint {
	if p.counted == 0 { // better than nothing
		for _, s := range p.aside {
			p.count(s)
		}
	}
	out := p.CurvePoint
	share, low, high := results.Wilson(p.OK, p.Commands, z95)
	out.Success, out.SuccessLow, out.SuccessHigh = results.Rate(share), results.Rate(low), results.Rate(high)
	out.Side = side(p.OK, p.Commands, bound, z95)
	return out
}

// A hunt is a search under way.
type hunt struct {
	Search
	points []*point // by value
	left   int      // trials that may still be played
	spent  bool     // they did not suffice
}

// point is that of a value, a new one if it has none.
func (h *hunt) point(value float64) *point {
	i, found := slices.BinarySearchFunc(h.points, value, func(p *point, v float64) int { return cmp.Compare(p.Value, v) })
	if !found {
		h.points = slices.Insert(h.points, i, &point{CurvePoint: results.CurvePoint{Value: value}})
	}
	return h.points[i]
}

// hopeless reports whether no value can be played.
func (h *hunt) hopeless() bool {
	return !slices.ContainsFunc(h.points, func(p *point) bool { return !p.dead })
}

func (h *hunt) curve(partial bool) *results.Curve {
	c := &results.Curve{Partial: partial, Spent: h.spent}
	for _, p := range h.points {
		c.Trials += p.Trials
		c.Points = append(c.Points, p.result(h.Bound))
	}
	c.Crossings = h.crossings() // of all that counts by now
	return c
}
