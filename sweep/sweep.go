// Package sweep finds where something turns: the value of a setting at which
// the share of successes crosses a bound, by trials whose outcomes are chance.
//
// The search is adaptive. It plays a grid over the whole range first, because a
// curve may fall and rise again: what is narrower than a step of the grid can be
// missed. Then it divides every interval between two neighbours of which one
// lies clearly above the bound and the other clearly below, again and again, and
// gives each value as many trials as it takes to tell.
//
// A value lies clearly on one side if its Wilson interval does. For the values
// that enclose a crossing that is the interval of 99 %, looked at a few times as
// trials come in: so the two of them are right together with 95 % at least, and
// what lies between them is a 95 % interval for the crossing, if success does not
// turn around in between. It is wider than others would be where the curve is
// gentle, and rests on no model of the curve. (The choice is Bonferroni's, over
// repeated looks at both ends: P. Armitage, C. K. McPherson, B. C. Rowe, Repeated
// significance tests on accumulating data, Journal of the Royal Statistical
// Society A 132, 1969, say what looking again costs. A test holds the coverage
// against curves that are known.)
package sweep

import (
	"context"
	"time"

	"rstorm/results"
)

// A Sample is what one trial came to. One that is perturbed decides nothing and is
// played again, up to three times; one that is unsent decides nothing either. A
// value most of whose trials are such is given up.
type Sample struct {
	Commands, OK int
	results.Losses
	P99       time.Duration // of the latency of successful commands; 0 if there was none
	Perturbed bool          // the machine was too busy to play the schedule
	Unsent    bool          // the rate of its load could not be sent; perturbed counts for more
}

// First is how many values are played whatever there is enough of: both ends of
// the range and its middle.
const First = 3

// A Search looks for the crossings of one curve.
type Search struct {
	From, To float64
	Bound    float64                 // on the share of successes, above 0 and below 1
	Round    func(v float64) float64 // to the values that are worth telling apart; nil tells all apart
	Trials   int                     // most that are played; below 2 is 200
	Enough   func() bool             // asked once [First] values were played, before more is: whether to leave it at that; nil never does

	// Play plays a trial for each of the values and returns what each came to; a
	// value that is there twice is played twice, with draws of its own. If it
	// fails, samples of those that were played count all the same; samples may be
	// fewer than values, also where there is enough. One without commands says that
	// the value can't be played.
	Play func(ctx context.Context, values []float64) ([]Sample, error)
}

// usual is how many trials are played at most where nobody says otherwise.
const usual = 200

// Find plays trials until every crossing is narrowed down as far as the values
// are told apart, or the trials are used up, or there is enough. When ctx ends or
// Play fails the curve has what was measured until then, marked as partial, beside
// the error.
func (s Search) Find(ctx context.Context) (*results.Curve, error) {
	h := &hunt{Search: s, left: s.Trials, phi: 1}
	if h.left < 2 {
		h.left = usual
	}
	if h.Round == nil {
		h.Round = func(v float64) float64 { return v }
	}
	grid := h.grid()
	if err := h.play(ctx, grid[:min(len(grid), First)]); err != nil {
		return h.curve(true), err
	}
	for want := grid[min(len(grid), First):]; ; {
		if len(want) == 0 {
			want = h.next()
		}
		over := h.left <= 0 || h.enough() || h.hopeless() && len(h.points) >= len(grid) // there is nothing to be had, or no more is wanted
		if len(want) == 0 || over {
			h.spent = len(want) > 0 && !h.hopeless()
			return h.curve(false), nil
		}
		if err := h.play(ctx, want); err != nil {
			return h.curve(true), err
		}
		want = nil
	}
}
