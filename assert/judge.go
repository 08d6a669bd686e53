package assert

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"rstorm/results"
)

// A View is what one scenario came to in one repetition.
type View struct {
	Selected []string                  // labels of the strategies that were to be played
	Skipped  []string                  // labels that the user's selection left out
	Trials   map[string]*results.Trial // by label; a selected one that is missing gave no data
}

// Judge holds t against what was seen. A threshold with nothing to read is
// [results.NoData]; one that can't be decided because the user's selection left
// strategies out is [results.Skipped].
func (t Threshold) Judge(v View) results.Verdict {
	named := t.Strategies()
	verdict := results.Verdict{Threshold: t.String()}
	switch {
	case len(named) > 0:
		verdict.Observed, verdict.Result = t.judgeNamed(v, named)
	case len(v.Selected) == 0:
		verdict.Observed, verdict.Result = "no strategy selected", results.Skipped
	case t.terms[0].metric.Unit == Count:
		if observed, result, stands := t.judgeWhole(v); stands {
			verdict.Observed, verdict.Result = observed, result
			return verdict
		}
		verdict.Observed, verdict.Result = t.judgeSum(v)
	default:
		verdict.Observed, verdict.Result = t.judgeEach(v)
	}
	if len(named) == 0 {
		named = v.Selected
	}
	if i := slices.IndexFunc(named, v.broke); i >= 0 && verdict.Result == results.Held {
		verdict.Observed, verdict.Result = verdict.Observed+", but "+named[i]+" broke", results.NoData
	}
	return verdict
}

// broke reports whether the strategy's client broke: what it would have done
// then is not known, and a threshold that what it did happens to keep is not
// kept.
func (v View) broke(label string) bool {
	t := v.Trials[label]
	return t != nil && t.Client != nil && t.Client.Broke != ""
}

func (t Threshold) judgeNamed(v View, named []string) (string, results.Judgement) {
	for _, label := range named {
		if slices.Contains(v.Skipped, label) {
			return label + " not selected", results.Skipped
		}
	}
	values := make([]float64, len(t.terms))
	for i, term := range t.terms {
		values[i] = term.read(v.Trials[term.strategy])
	}
	return t.describe(values, ""), t.result(values)
}

// judgeSum holds t against what the selected strategies add up to, as long as
// those left out could not turn the verdict.
func (t Threshold) judgeSum(v View) (string, results.Judgement) {
	sums := t.sum(v, v.Selected)
	observed, result := t.describe(sums, ""), t.result(sums)
	if result != results.NoData && len(v.Skipped) > 0 && (len(sums) == 2 || !t.op.settles(sums[0], t.bound)) {
		return observed + " without " + strings.Join(v.Skipped, ", "), results.Skipped
	}
	return observed, result
}

// judgeWhole holds t against what those add up to whose client did not break,
// if others' did. It stands if whatever theirs come to can't turn it: a sum of
// counts only grows.
func (t Threshold) judgeWhole(v View) (observed string, result results.Judgement, stands bool) {
	whole := slices.DeleteFunc(slices.Clone(v.Selected), v.broke)
	if len(whole) == len(v.Selected) || len(t.terms) == 2 {
		return "", "", false
	}
	sums := t.sum(v, whole)
	if math.IsNaN(sums[0]) || !t.op.settles(sums[0], t.bound) {
		return "", "", false
	}
	out := slices.DeleteFunc(slices.Clone(v.Selected), func(label string) bool { return !v.broke(label) })
	return t.describe(sums, "") + " without " + strings.Join(out, ", ") + ", which broke", t.result(sums), true
}

// sum adds up each term over strategies.
func (t Threshold) sum(v View, labels []string) []float64 {
	sums := make([]float64, len(t.terms))
	for _, label := range labels {
		for i, term := range t.terms {
			sums[i] += term.read(v.Trials[label])
		}
	}
	return sums
}

// judgeEach holds t against every selected strategy and tells of the worst: one
// that misses, else one without data, else the one closest to missing.
func (t Threshold) judgeEach(v View) (string, results.Judgement) {
	order := []results.Judgement{results.Held, results.NoData, results.Missed}
	read := func(label string) []float64 {
		values := make([]float64, len(t.terms))
		for i, term := range t.terms {
			values[i] = term.read(v.Trials[label])
		}
		return values
	}
	worst := slices.MaxFunc(v.Selected, func(a, b string) int {
		x, y := read(a), read(b)
		return cmp.Or(
			cmp.Compare(slices.Index(order, t.result(x)), slices.Index(order, t.result(y))),
			cmp.Compare(t.op.miss(difference(x), t.bound), t.op.miss(difference(y), t.bound)))
	})
	values := read(worst)
	return t.describe(values, worst), t.result(values)
}

// read is NaN where there is nothing to read. What a trial that did not
// complete had counted by then proves nothing.
func (t term) read(trial *results.Trial) float64 {
	if trial == nil || trial.Partial {
		return math.NaN()
	}
	s := trial.Summary
	if t.method != "" {
		s = trial.ByMethod[t.method]
	}
	if s.Commands == 0 {
		return math.NaN()
	}
	return t.metric.Of(&s)
}

// difference is of two values, or the only one.
func difference(values []float64) float64 {
	if len(values) == 2 {
		return values[0] - values[1]
	}
	return values[0]
}

func (t Threshold) result(values []float64) results.Judgement {
	v := difference(values)
	switch {
	case math.IsNaN(v):
		return results.NoData
	case t.op.holds(v, t.bound):
		return results.Held
	}
	return results.Missed
}

// describe writes what was observed, and of which strategy unless t says it.
func (t Threshold) describe(values []float64, label string) string {
	v := difference(values)
	if math.IsNaN(v) {
		return "no data"
	}
	unit := t.terms[0].metric.Unit
	var from []string
	if len(values) == 2 {
		from = append(from, unit.format(values[0])+" - "+unit.format(values[1]))
	}
	if label != "" {
		from = append(from, label)
	}
	if len(from) == 0 {
		return unit.format(v)
	}
	return unit.format(v) + " (" + strings.Join(from, ", ") + ")"
}
