// Package assert says what must hold: thresholds on the metrics of a trial, as
// text that people write.
//
//	threshold = term [ "-" term ] operator value
//	term      = [ strategy "." ] metric [ "[" METHOD "]" ]
//	operator  = "<" | "<=" | ">" | ">=" | "==" | "!="
//	value     = 3 (a count) | 99.5% or 0.995 (a rate) | 250ms (a time) | 1.5 (a ratio)
//
// Examples:
//
//	resets > 0
//	naive.success[GET] < 60%
//	close.success - naive.success > 30%
//
// Spaces may be left out except around the minus, because names may hold one. A
// strategy goes by its label in the scenario. A metric is a line of [Metrics].
// A difference compares like with like: both terms have the same unit, and
// both name a strategy or neither does.
//
// A threshold that names no strategy is about the scenario as a whole: a count
// is summed over its strategies, anything else must hold for each of them.
//
// Nothing to read (an unknown count, no sample, no command of the method, no
// complete trial) is [results.NoData] and never holds. What the user's
// selection of strategies leaves undecided is [results.Skipped].
package assert

import "slices"

// A Threshold is a bound on a metric, or on the difference of two. Its zero
// value is none; [Parse] makes them.
type Threshold struct {
	terms []term // one, or two of which the second is taken from the first
	op    operator
	bound float64 // in the metric's unit: plain number, share of 1, nanoseconds
	value string  // the bound as written
}

type term struct {
	strategy string  // label; empty is the scenario as a whole
	metric   *Metric // a line of Metrics
	method   string  // empty is every method
	offset   int     // of the term in the source
	bracket  int     // of the method in the source
}

// String writes the threshold in one way, whatever its source looked like.
// [Parse] reads it back.
func (t Threshold) String() string {
	s := ""
	for i, term := range t.terms {
		if i > 0 {
			s += " - "
		}
		s += term.String()
	}
	return s + " " + string(t.op) + " " + t.value
}

func (t term) String() string {
	s := t.metric.Name
	if t.strategy != "" {
		s = t.strategy + "." + s
	}
	if t.method != "" {
		s += "[" + t.method + "]"
	}
	return s
}

// Strategies lists the strategies that t names by label, each once. None means
// that t is about the scenario as a whole.
func (t Threshold) Strategies() []string {
	var labels []string
	for _, term := range t.terms {
		if term.strategy != "" && !slices.Contains(labels, term.strategy) {
			labels = append(labels, term.strategy)
		}
	}
	return labels
}

// Check holds the names in t against the labels and the methods that its
// scenario has; against nil, nothing is held. The error is a [*SyntaxError];
// its offset is into the source that t was parsed from.
func (t Threshold) Check(labels, methods []string) error {
	for _, term := range t.terms {
		if term.strategy != "" && labels != nil && !slices.Contains(labels, term.strategy) {
			return unknown(term.offset, "strategy", term.strategy, labels)
		}
		if term.method != "" && methods != nil && !slices.Contains(methods, term.method) {
			return &SyntaxError{Offset: term.bracket, Value: term.method, Names: methods,
				Problem: "no command of the scenario is a " + term.method}
		}
	}
	return nil
}
