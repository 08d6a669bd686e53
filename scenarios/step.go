package scenarios

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"

	"rstorm/clients"
)

// steps is how many values a range is divided into at least, where its numbers
// are fine enough.
const steps = 100

// Step is the distance between the values that are worth telling apart from one
// end of a range to the other: 1, 2 or 5 of a decimal place, a hundredth of the
// range at most; of whole numbers 1 at least.
func (t *Setting) Step(from, to float64) float64 {
	fine := math.Abs(to-from) / steps
	if fine == 0 {
		return 1
	}
	place := math.Pow(10, math.Floor(math.Log10(fine)+1e-9))
	step := place
	for _, n := range []float64{2, 5} {
		if n*place <= fine*(1+1e-9) {
			step = n * place
		}
	}
	if t.Unit == Whole || t.Unit == Nanoseconds {
		return max(1, math.Round(step))
	}
	return step
}

// Values says which values of a range are worth telling apart and can be had: the
// multiples of step, and both ends. round brings a value to the nearest of them,
// as [Setting.Text] writes it. The error says what is wrong with a value of the
// range, if no step leads past it.
func (t *Setting) Values(from, to float64) (step float64, round func(float64) float64, err error) {
	for step = t.Step(from, to); ; step = t.Step(0, 2.5*steps*step) {
		round = t.rounder(from, to, step)
		if err = t.possible(from, to, step, round); err == nil || step > to-from {
			return step, round, err
		}
	}
}

// possible tries every value of a range.
func (t *Setting) possible(from, to, step float64, round func(float64) float64) error {
	for v := from; v < to+step; v += step {
		if _, err := t.With(round(v)); err != nil {
			return err
		}
	}
	return nil
}

func (t *Setting) rounder(from, to, step float64) func(float64) float64 {
	return func(v float64) float64 {
		v = min(max(math.Round(v/step)*step, from), to)
		if t.Unit == Whole || t.Unit == Nanoseconds {
			return math.Round(v)
		}
		if exact, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', figures, 64), 64); err == nil {
			return exact
		}
		return v
	}
}

// Strategy is what the scenario plays by this label or, where it plays nothing
// of the kind, the strategy of this name with its defaults.
func (s *Scenario) Strategy(label string) (Strategy, error) {
	known := map[string]Strategy{}
	for _, k := range clients.Kinds {
		known[k.Name] = Strategy{Label: k.Name, Use: k.Name, Strategy: k.Defaults}
	}
	for _, st := range s.Strategies {
		known[st.Label] = st
	}
	st, ok := known[label]
	if !ok {
		return st, fmt.Errorf("scenario %s: %s", s.Name, unknown("strategy", label, slices.Sorted(maps.Keys(known))))
	}
	return st, nil
}
