package results

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// attribution says below the rows why connections were reset, and why attempts
// failed beyond that: each cause with the trials in which it struck.
func (p *page) attribution(b *block) {
	p.byCause("resets by cause: ", b, func(t *Trial) map[string]int { return t.Summary.Resets.ByCause })
	p.byCause("failed attempts by cause: ", b, beyond)
}

// beyond counts the failed attempts of a trial by those causes that made more of
// them than resets: the others are told of already.
func beyond(t *Trial) map[string]int {
	some := maps.Clone(t.Summary.Failures.ByCause)
	maps.DeleteFunc(some, func(cause string, n int) bool { return n <= t.Summary.Resets.ByCause[cause] })
	return some
}

// byCause writes "close-race (naive 100, retry 99)" for each cause, the most
// frequent first; nothing if there is none.
func (p *page) byCause(title string, b *block, count func(*Trial) map[string]int) {
	total, struck := map[string]int{}, map[string][]string{}
	for _, t := range b.trials {
		for cause, n := range count(t) {
			if n > 0 {
				total[cause] += n
				struck[cause] = append(struck[cause], fmt.Sprintf("%s %d", b.label(t.Strategy, t.Repetition), n))
			}
		}
	}
	var parts []string
	for _, cause := range frequentFirst(total) {
		parts = append(parts, fmt.Sprintf("%s (%s)", cause, strings.Join(struck[cause], ", ")))
	}
	if len(parts) > 0 {
		p.prose(title+strings.Join(parts, ", "), "    ", "      ")
	}
}

// frequentFirst lists what was counted, from the most frequent on.
func frequentFirst(n map[string]int) []string {
	return slices.SortedFunc(maps.Keys(n), func(a, b string) int { return cmp.Or(n[b]-n[a], cmp.Compare(a, b)) })
}
