package sweep

import (
	"math"

	"rstorm/results"
)

// A point is a value and all that was played of it.
type point struct {
	results.CurvePoint
	tallies []tally  // of the trials that count
	aside   []Sample // those that do not: the machine was busy, or the rate was not sent
	dead    bool     // it can't be played
}

// patience is how many trials of a value are played again because the machine was
// busy. If it stays so for most of them, the value is given up: they must not
// decide. A rate that can't be sent is not tried again.
const patience = 3

func (p *point) add(s Sample) {
	p.Trials++
	switch {
	case s.Perturbed:
		p.Perturbed++
	case s.Unsent:
		p.Unsent++
	default:
		p.count(s)
		p.dead = p.Commands == 0
		return
	}
	p.aside = append(p.aside, s)
}

func (p *point) count(s Sample) {
	if s.Commands > 0 {
		p.tallies = append(p.tallies, tally{s.Commands, s.OK})
	}
	p.Commands, p.OK = p.Commands+s.Commands, p.OK+s.OK
	p.Losses, p.P99 = p.Losses.Plus(s.Losses), max(p.P99, s.P99)
}

func (p *point) share() float64 { return float64(p.OK) / float64(max(p.Commands, 1)) }

// The normal quantiles of the Wilson intervals of 95 and 99 %.
const (
	z95 = 1.959963984540054
	z99 = 2.5758293035489004
)

// side is where p lies by the interval that z stands for.
func (h *hunt) side(p *point, z float64) results.Side {
	switch mostly := len(p.aside) > len(p.tallies); {
	case mostly && p.Unsent >= p.Perturbed:
		return results.Unsent
	case mostly:
		return results.Spoilt
	case z > z95 && len(p.tallies) < h.replicas():
		return results.Undecided
	}
	return h.by(p.OK, p.Commands, z)
}

// by is the side that so many successes tell.
func (h *hunt) by(ok, n int, z float64) results.Side {
	switch _, low, high := results.Wilson(ok, n, h.wider(z)); {
	case low >= h.Bound:
		return results.Above
	case high < h.Bound:
		return results.Below
	}
	return results.Undecided
}

// least is how many trials of one value may be played at least.
const least = 16

// most is how many trials of one value are played at most, twice as many as would
// show that a value without a loss lies above the bound: what can't be told from
// it by then lies on it for all that matters.
func (h *hunt) most(p *point) int {
	z := h.wider(z99)
	perfect := z * z * h.Bound / (1 - h.Bound) // commands, by the Wilson interval
	return max(least, int(math.Ceil(2*perfect*float64(len(p.tallies))/float64(p.Commands))))
}

// lacks is how many more trials p needs before the interval of z decides, if its
// share stays as it is; none if it has decided, or will not in time.
func (h *hunt) lacks(p *point, z float64) int {
	counted := len(p.tallies)
	switch {
	case p.dead || p.Trials == 0:
		return 0
	case len(p.aside) > counted && (len(p.aside) >= patience || p.Unsent > p.Perturbed):
		return 0
	case len(p.aside) > counted:
		return 1
	case h.side(p, z) != results.Undecided:
		return 0
	}
	most := h.most(p)
	for trials := counted + 1; trials < most; trials++ {
		scaled := func(n int) int { return int(math.Round(float64(n) * float64(trials) / float64(counted))) }
		if z > z95 && trials < h.replicas() {
			continue
		}
		if h.by(scaled(p.OK), scaled(p.Commands), z) != results.Undecided {
			return trials - counted
		}
	}
	return max(0, min(counted, most-counted)) // it may change its mind
}

// result completes the point.
func (h *hunt) result(p *point) results.CurvePoint {
	is := h.side(p, z95)
	if len(p.tallies) == 0 { // figures that decide nothing are better than none
		for _, s := range p.aside {
			p.count(s)
		}
	}
	out := p.CurvePoint
	share, low, high := results.Wilson(p.OK, p.Commands, h.wider(z95))
	out.Success, out.SuccessLow, out.SuccessHigh = results.Rate(share), results.Rate(low), results.Rate(high)
	out.Side = is
	return out
}
