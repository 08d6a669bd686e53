package sweep

import (
	"cmp"
	"context"
	"slices"

	"rstorm/results"
)

// A hunt is a search under way.
type hunt struct {
	Search
	points []*point // by value
	phi    float64  // their dispersion
	left   int      // trials that may still be played
	spent  bool     // they did not suffice
}

// play plays as many of the values as may still be played.
func (h *hunt) play(ctx context.Context, values []float64) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	values = values[:min(len(values), h.left)]
	samples, err := h.Play(ctx, values)
	h.left -= len(values)
	for i, sample := range samples {
		if err == nil || sample.Commands > 0 {
			h.point(values[i]).add(sample)
		}
	}
	h.phi = h.dispersion()
	return err
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

// enough reports whether no more is wanted.
func (h *hunt) enough() bool { return h.Enough != nil && h.Enough() }

func (h *hunt) curve(partial bool) *results.Curve {
	c := &results.Curve{Partial: partial, Spent: h.spent, Dispersion: h.phi, Crossings: h.crossings()}
	for _, p := range h.points {
		c.Trials += p.Trials
		c.Points = append(c.Points, h.result(p))
	}
	return c
}
