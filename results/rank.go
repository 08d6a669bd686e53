package results

import (
	"cmp"
	"math"
	"slices"
)

// Rank sorts the trials of one scenario and repetition, the best first: by the
// fewest control commands lost or duplicated, then success, p99 of the latency,
// resets, connections. Control commands are those of methods that are not safe
// (RFC 9110 section 9.2.1): reading twice does no harm. What is unknown ranks
// behind everything known, and a trial that was cut short behind every whole
// one. Equals keep their order. The argument is left as it is.
func Rank(trials []Trial) []Trial {
	ranked := slices.Clone(trials)
	slices.SortStableFunc(ranked, func(a, b Trial) int { return compareTrials(&a, &b) })
	return ranked
}

// compareTrials is below zero if a is better than b, and zero if nothing that
// ranks tells them apart.
func compareTrials(a, b *Trial) int {
	x, y := &a.Summary, &b.Summary
	return cmp.Or(
		cmp.Compare(truth(a.Partial), truth(b.Partial)),
		compareCounts(harm(a), harm(b)),
		cmp.Compare(y.Success, x.Success), // NaN is below every number
		cmp.Compare(slowness(&x.Latency), slowness(&y.Latency)),
		compareCounts(x.Resets.Connections, y.Resets.Connections),
		compareCounts(x.Connections, y.Connections),
	)
}

// harm counts the control commands that were lost or executed twice.
func harm(t *Trial) Count {
	if len(t.ByMethod) == 0 {
		return t.Summary.Lost.Plus(t.Summary.Duplicates)
	}
	var sum Count
	for method, s := range t.ByMethod {
		if !safe(method) {
			sum = sum.Plus(s.Lost).Plus(s.Duplicates)
		}
	}
	return sum
}

// safe reports whether a method only reads (RFC 9110 section 9.2.1).
func safe(method string) bool {
	switch method {
	case "GET", "HEAD", "OPTIONS", "TRACE":
		return true
	}
	return false
}

// slowness is the p99, the worst of all where no command succeeded.
func slowness(q *Quantiles) float64 {
	if q.N == 0 {
		return math.Inf(1)
	}
	return float64(q.P99)
}

func compareCounts(a, b Count) int {
	return cmp.Or(cmp.Compare(truth(!a.Known()), truth(!b.Known())), cmp.Compare(a, b))
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}
