package sweep

import (
	"slices"

	"rstorm/results"
)

// intervals is how many the grid divides the range into, and cuts how many values
// divide an interval with a crossing.
const (
	intervals = 10
	cuts      = 3
)

// grid is the values that are played first, from coarse to fine: the ends, the
// middle, the middles of what is left. So the first of them cover the whole range,
// however few they are.
func (h *hunt) grid() []float64 {
	all := h.between(h.From, h.To, min(intervals, h.left-1), true)
	if len(all) < First {
		return all
	}
	order := []float64{all[0], all[len(all)-1]}
	for spans := [][]float64{all[1 : len(all)-1]}; len(spans) > 0; spans = spans[1:] {
		span := spans[0]
		if middle := len(span) / 2; len(span) > 0 {
			order = append(order, span[middle])
			spans = append(spans, span[:middle], span[middle+1:])
		}
	}
	return order
}

// between are the values that divide a range into n, those at its ends with them
// or not; fewer where there are not so many to tell apart.
func (h *hunt) between(from, to float64, n int, ends bool) []float64 {
	var all []float64
	for i := range n + 1 {
		v := h.Round(from + (to-from)*float64(i)/float64(n))
		if ends || v > from && v < to {
			all = append(all, v)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// A bracket is a crossing's surroundings: two points that lie clearly on the two
// sides of the bound, and those between them that do not tell.
type bracket struct{ points []*point }

func (b bracket) low() *point  { return b.points[0] }
func (b bracket) high() *point { return b.points[len(b.points)-1] }

// brackets are all of them, told by the interval of z.
func (h *hunt) brackets(z float64) []bracket {
	var all []bracket
	last, was := -1, results.Undecided
	for i, p := range h.points {
		is := h.side(p, z)
		if is != results.Above && is != results.Below {
			continue
		}
		if last >= 0 && is != was {
			all = append(all, bracket{h.points[last : i+1]})
		}
		last, was = i, is
	}
	return all
}

// next is what is to be played to know more: nothing if there is no more to know,
// or it can't be had. First the values between which success seems to cross the
// bound must tell on which side they lie; then those that enclose a crossing must
// be sure of it; then the interval is divided. What lies far from any crossing
// comes last: if the search is cut short, it is the least loss.
func (h *hunt) next() []float64 {
	for _, step := range []func() []float64{
		func() []float64 { return h.more(z95, h.turns()) },
		func() []float64 { return h.more(z99, h.ends()) },
		h.divided,
		func() []float64 { return h.more(z95, h.points) },
	} {
		if want := step(); len(want) > 0 {
			return want
		}
	}
	return nil
}

// more lists the trials that points lack before the interval of z tells.
func (h *hunt) more(z float64, points []*point) []float64 {
	var want []float64
	for _, p := range points {
		for range h.lacks(p, z) {
			want = append(want, p.Value)
		}
	}
	return want
}

// turns are the neighbours whose shares lie on the two sides of the bound, and
// before them those of which nothing counts yet.
func (h *hunt) turns() []*point {
	var all, known []*point
	for _, p := range h.points {
		if len(p.tallies) == 0 {
			all = append(all, p)
		} else {
			known = append(known, p)
		}
	}
	for i := 1; i < len(known); i++ {
		if known[i-1].share() < h.Bound != (known[i].share() < h.Bound) {
			all = append(all, known[i-1], known[i])
		}
	}
	return slices.Compact(all)
}

// ends are the points that enclose the crossings: the nearest of those that are
// sure of their side or may still become so.
func (h *hunt) ends() []*point {
	var all []*point
	able := func(p *point, as results.Side) bool {
		leans := p.Commands > 0 && p.share() >= h.Bound == (as == results.Above)
		return h.side(p, z99) == as || leans && h.lacks(p, z99) > 0
	}
	for _, b := range h.brackets(z95) {
		left, right := h.side(b.low(), z95), h.side(b.high(), z95)
		low, high := slices.Index(h.points, b.high())-1, slices.Index(h.points, b.low())+1
		for low > 0 && !able(h.points[low], left) {
			low--
		}
		for high < len(h.points)-1 && !able(h.points[high], right) {
			high++
		}
		all = append(all, h.points[low], h.points[high])
	}
	return slices.Compact(all)
}

// divided are the values that divide the crossings' surroundings.
func (h *hunt) divided() []float64 {
	var want []float64
	for _, b := range h.brackets(z99) {
		want = append(want, h.divide(b)...)
	}
	return want
}

// divide lists the new values within a bracket: those that divide it evenly or,
// where points within it do not tell, those that divide what is left at its ends.
func (h *hunt) divide(b bracket) []float64 {
	if n := len(b.points); n > 2 {
		return append(h.between(b.points[0].Value, b.points[1].Value, 2, false),
			h.between(b.points[n-2].Value, b.points[n-1].Value, 2, false)...)
	}
	return h.between(b.low().Value, b.high().Value, cuts+1, false)
}

// crossings are the brackets as results.
func (h *hunt) crossings() []results.Crossing {
	var all []results.Crossing
	for _, b := range h.brackets(z99) {
		all = append(all, results.Crossing{Value: b.crosses(h.Bound), Low: b.low().Value, High: b.high().Value,
			Falls: h.side(b.low(), z99) == results.Above})
	}
	return all
}

// crosses is where the line through the points meets the bound: the middle
// between the first time and the last, for chance makes it meet it more often.
func (b bracket) crosses(bound float64) float64 {
	var first, last float64
	met := false
	for i := 1; i < len(b.points); i++ {
		p, q := b.points[i-1], b.points[i]
		from, to := p.share()-bound, q.share()-bound
		if from < 0 == (to < 0) {
			continue
		}
		last = p.Value + (q.Value-p.Value)*from/(from-to)
		if !met {
			first, met = last, true
		}
	}
	return (first + last) / 2
}
