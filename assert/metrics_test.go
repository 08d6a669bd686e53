package assert

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"rstorm/results"
)

// whole has a different number in every field.
func whole() *results.Summary {
	recovery, steady := 61*time.Millisecond, 62*time.Millisecond
	q := func(base time.Duration) results.Quantiles {
		return results.Quantiles{N: 9, P50: base, P90: base + 1, P99: base + 2, P999: base + 3, Max: base + 4}
	}
	return &results.Summary{Commands: 200, OK: 150, Success: .75, SuccessLow: .7, SuccessHigh: .8,
		ExecutedOnce: 120, Lost: 1, Duplicates: 2, Ghosts: 3, NotExecuted: 4, Reordered: 5,
		Attempts: 250, Exchanges: 240, Connections: 80, TimeWait: 6,
		Outcomes: map[results.Outcome]int{results.Failed: 11, results.Rejected: 12, results.Closed: 13, results.Refused: 14,
			results.TimedOut: 15, results.Truncated: 16, results.Unreported: 17},
		Resets: results.Resets{Connections: 21, Seen: 22, Hidden: 23, ByOrigin: map[results.Origin]int{
			results.ByDevice: 24, results.ByLink: 25, results.ByClient: 26, results.ByUnknown: 27}},
		Latency: q(100), Service: q(200), FailedLatency: q(300), Recovery: &recovery, SteadyRecovery: &steady}
}

func TestEveryMetricReadsItsOwnNumber(t *testing.T) {
	want := map[string]float64{
		"success": .75, "success_low": .7, "success_high": .8, "executed_once": .6,
		"lost": 1, "duplicates": 2, "ghosts": 3, "not_executed": 4, "reordered": 5,
		"resets": 21, "resets.seen": 22, "resets.hidden": 23, "resets.device": 24, "resets.link": 25, "resets.client": 26, "resets.unknown": 27,
		"commands": 200, "ok": 150, "failed": 11, "rejected": 12, "closed": 13, "refused": 14, "timed-out": 15, "truncated": 16, "unreported": 17,
		"attempts": 250, "exchanges": 240, "connections": 80, "time_wait": 6, "reuse": 3,
		"p50": 100, "p90": 101, "p99": 102, "p99.9": 103, "max": 104,
		"service_p50": 200, "service_p99": 202, "failed_p50": 300, "failed_p99": 302, "recovery": 61e6, "steady_recovery": 62e6,
	}
	for _, m := range Metrics {
		if got := m.Of(whole()); got != want[m.Name] {
			t.Errorf("%s is %v, want %v", m.Name, got, want[m.Name])
		}
		delete(want, m.Name)
		if m.Doc == "" {
			t.Errorf("%s has no doc", m.Name)
		}
	}
	if len(want) > 0 {
		t.Errorf("no metric is called %v", want)
	}
}

func TestWhatIsUnknownIsNotANumber(t *testing.T) {
	none := &results.Summary{Commands: 1, ExecutedOnce: results.Unknown, Lost: results.Unknown, Duplicates: results.Unknown,
		Ghosts: results.Unknown, NotExecuted: results.Unknown, Reordered: results.Unknown, Exchanges: results.Unknown, Connections: results.Unknown,
		TimeWait: results.Unknown, Resets: results.Resets{Connections: results.Unknown}}
	always := []string{"success", "success_low", "success_high", "resets.seen", "resets.hidden", "commands", "ok", "attempts"}
	for _, o := range results.Outcomes() {
		always = append(always, o.String())
	}
	for _, m := range Metrics {
		if got := m.Of(none); math.IsNaN(got) == slices.Contains(always, m.Name) {
			t.Errorf("%s of nothing is %v", m.Name, got)
		}
	}
}

func TestMetricNamesCanBeReadInAThreshold(t *testing.T) {
	values := map[Unit]string{Count: "3", Rate: "50%", Time: "3ms", Ratio: "1.5"}
	seen := map[string]bool{}
	for _, m := range Metrics {
		for _, source := range []string{m.Name + " == ", "go-default." + m.Name + "[PUT] == "} {
			source += values[m.Unit]
			threshold, err := Parse(source)
			if err != nil || threshold.String() != source || threshold.terms[0].metric.Name != m.Name {
				t.Errorf("%q: %v, %v", source, threshold, err)
			}
		}
		if seen[m.Name] || strings.Trim(m.Name, lower+"0123456789._-") != "" {
			t.Errorf("%q is a bad name", m.Name)
		}
		seen[m.Name] = true
	}
}
