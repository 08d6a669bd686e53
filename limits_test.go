package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rstorm/results"
	"rstorm/runner"
	"rstorm/scenarios"
)

// limited is a search in a device that lets 40 new connections a second in, and
// four in a bunch. Of a bound of 85 % few commands tell.
func limited(t *testing.T, least, most float64) *limit {
	t.Helper()
	suite, err := scenarios.Parse("limited", strings.NewReader(`{version: 1, scenarios: [{name: limited,
		device: {service_time: 1ms, connections_per_second: 40}, load: {gap: 20ms}, strategies: [naive, close]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	return &limit{runner: &runner.Runner{Seed: 1, Parallel: 16}, scenario: suite.Scenarios[0], least: least, most: most, bound: 0.85, span: 600 * time.Millisecond}
}

func (l *limit) only(label string) *limit {
	st, err := l.scenario.Strategy(label)
	if err != nil {
		panic(err)
	}
	l.scenario.Strategies = []scenarios.Strategy{st}
	return l
}

// A trial at twice the rate that the device bears has many more connections than
// it lets in, also on a machine that sends them late. The device's own record is
// the second source: what failed is what it turned away.
func TestAConnectionPerCommandBreaksWhereTheDeviceLimitsConnections(t *testing.T) {
	l := limited(t, 20, 120).only("close")
	found, text, err := l.search(t.Context())
	if err != nil || found == nil || found.Unit != "commands/s" || !(found.Low < found.High) ||
		found.Rate < found.Low || found.Rate > found.High || found.High < 35 || found.Low > 90 {
		t.Errorf("found %+v (%s), %v, want about 40", found, text, err)
	}
	if !strings.HasPrefix(text, "breaks above ") {
		t.Errorf("it says %q", text)
	}
	report, err := l.runner.Run(t.Context(), &scenarios.Suite{Scenarios: []scenarios.Scenario{l.at(120)}})
	if err != nil {
		t.Fatal(err)
	}
	s := &report.Trials[0].Summary
	if failed := s.Commands - s.OK; failed == 0 || s.Resets.ByCause["defence-reset"] != failed || int(s.NotExecuted) != failed {
		t.Errorf("at 120/s %d of %d failed, and the causes are %v", failed, s.Commands, s.Resets.ByCause)
	}
}

func TestAKeptConnectionDoesNot(t *testing.T) {
	found, text, err := limited(t, 80, 120).only("naive").search(t.Context())
	if err != nil || found != nil || !strings.HasPrefix(text, "does not break up to 1") {
		t.Errorf("found %+v (%s), %v", found, text, err)
	}
}

// The device takes so long that its one client can send no more than 25 commands
// a second: the others wait for it.
func TestARateThatCannotBeSentIsNotOneThatHolds(t *testing.T) {
	suite, err := scenarios.Parse("slow", strings.NewReader(`{version: 1, scenarios: [{name: slow, device: {service_time: 40ms}, strategies: [naive]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	l := &limit{runner: &runner.Runner{Seed: 1, Parallel: 8}, scenario: suite.Scenarios[0], least: 90, most: 100, bound: 0.5, span: 150 * time.Millisecond}
	found, text, err := l.search(t.Context())
	if err != nil || found != nil || !strings.Contains(text, " commands/s, all that could be sent") || l.pace.sent > 40 {
		t.Errorf("sent %v, found %+v (%s), %v", l.pace.sent, found, text, err)
	}
}

func TestASearchForALimitEndsWithItsContext(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if found, text, err := limited(t, 50, 800).only("close").search(ctx); err == nil || found != nil || text != "" {
		t.Errorf("found %+v (%s), %v", found, text, err)
	}
}

func TestATrialForALimitIsBounded(t *testing.T) {
	l := limited(t, slowest, fastest)
	for _, rate := range []float64{10, 123, 4999} {
		sc := l.at(rate)
		if n := float64(sc.Load.Commands); n < 1 || n > limitCommands || n/rate > 1.1*l.span.Seconds()+1/rate || sc.Load.Rate != rate || !sc.Load.Gap.IsZero() {
			t.Errorf("at %v/s: %+v", rate, sc.Load)
		}
	}
	l.scenario.Load.Duration, l.scenario.Load.Commands = time.Second, 0
	if sc := l.at(99); sc.Load.Duration != time.Second || sc.Load.Commands != 0 {
		t.Errorf("a load bounded by time became %+v", sc.Load)
	}
}

func TestNoLimitIsSearchedBeyondWhatTheClientsCanSend(t *testing.T) {
	c := results.Recommendation{Scenario: "limited", Strategy: "close"}
	trial := results.Trial{Scenario: "limited", Strategy: "close"}
	trial.Summary.Latency.P50, trial.Summary.Service.P50 = 25*time.Millisecond, 10*time.Millisecond
	for _, want := range []struct {
		rate, most float64
		clients    int
		duration   time.Duration
	}{{most: 40, clients: 1}, {most: 120, clients: 3}, {rate: 7, most: 100, clients: 1}, {most: fastest, clients: 1000}, {most: 500, clients: 1000, duration: 2 * time.Second}} {
		l := limited(t, slowest, fastest)
		l.scenario.Load.Rate, l.scenario.Load.Clients, l.scenario.Load.Duration = want.rate, want.clients, want.duration
		if l.reach(&c, &results.Report{Trials: []results.Trial{{Scenario: "other"}, trial}}); l.most != want.most {
			t.Errorf("%+v: it would look up to %v", want, l.most)
		}
	}
}

func TestWhatASearchForALimitSays(t *testing.T) {
	point := func(v float64, side results.Side, perturbed int) results.CurvePoint {
		return results.CurvePoint{Value: v, Side: side, Perturbed: perturbed}
	}
	unsent := point(8, results.Unsent, 0)
	above, below, open := point(2.302585, results.Above, 0), point(2.302585, results.Below, 0), point(2.302585, results.Undecided, 2)
	for _, c := range []struct {
		curve results.Curve
		own   bool
		want  string
		limit *results.Limit
	}{
		{results.Curve{Points: []results.CurvePoint{above, above}}, false, "does not break up to 5000 commands/s", nil},
		{results.Curve{Points: []results.CurvePoint{above, {Side: results.Undecided}, above}}, true, "does not break up to 5000 commands/s, all that its clients can send", nil},
		{results.Curve{Points: []results.CurvePoint{above, unsent}}, false, "does not break up to 47 commands/s, all that could be sent", nil},
		{results.Curve{Points: []results.CurvePoint{unsent}}, false, "does not break up to 47 commands/s, all that could be sent", nil},
		{results.Curve{Points: []results.CurvePoint{open, unsent}}, false, "whether it breaks at rates up to 5000 commands/s could not be told (in 2 of 0 trials the schedule was not kept)", nil},
		{results.Curve{Points: []results.CurvePoint{below, above}}, false, "breaks at 10 commands/s already", nil},
		{results.Curve{Points: []results.CurvePoint{above, open}}, false, "whether it breaks at rates up to 5000 commands/s could not be told (in 2 of 0 trials the schedule was not kept)", nil},
		{results.Curve{Points: []results.CurvePoint{below, above, below}, Crossings: []results.Crossing{{Value: 3, Low: 2, High: 4}, {Value: 5.3, Low: 5.1, High: 5.4, Falls: true}}},
			false, "breaks above 200 [164..221] commands/s", &results.Limit{Rate: 200, Low: 164, High: 221, Unit: "commands/s"}},
	} {
		l := &limit{most: fastest, own: c.own, pace: pace{sent: 47}}
		found, text := l.conclude(&c.curve)
		if text != c.want || (found == nil) != (c.limit == nil) || found != nil && *found != *c.limit {
			t.Errorf("got %q %+v, want %q %+v", text, found, c.want, c.limit)
		}
	}
}

// The device is so slow that its one client can't send ten commands a second:
// the flag has no storm to make.
func TestLimitsAreSearchedForOnlyIfAskedFor(t *testing.T) {
	const slow = `{version: 1, scenarios: [{name: slow, device: {service_time: 120ms}, load: {commands: 3}, strategies: [naive, close], assert: [success == 100%]}]}`
	for flag, want := range map[string]string{"--limits": "its clients can't send fast enough to look for the rate above which it breaks", "--quiet": ""} {
		out := filepath.Join(t.TempDir(), "report.json")
		code, stdout, stderr := do(t, t.Context(), "", "run", "-f", file(t, slow), "--isolate", "never", "-o", out, flag)
		if code != exitHeld || !strings.Contains(stdout, "recommended: naive") || strings.Contains(stdout, "look for the rate") != (want != "") {
			t.Fatalf("%s: exit %d\n%s%s", flag, code, stdout, stderr)
		}
		text, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		var report results.Report
		if err := json.Unmarshal(text, &report); err != nil {
			t.Fatal(err)
		}
		if len(report.Recommendations) != 1 || report.Recommendations[0].Limits != want || report.Recommendations[0].BreaksAbove != nil || report.Partial {
			t.Errorf("%s: %+v", flag, report.Recommendations)
		}
	}
}

func TestAReportWhoseLimitsWereCutShortSaysSo(t *testing.T) {
	ctx, stop := context.WithCancelCause(t.Context())
	stop(context.Canceled)
	l := limited(t, slowest, fastest)
	trial := results.Trial{Scenario: "limited", Strategy: "close", Verdicts: []results.Verdict{{Result: results.Held}}}
	trial.Summary.Commands, trial.Summary.OK = 100, 100
	report := &results.Report{Trials: []results.Trial{trial}}
	report.Recommend()
	report.Judge()
	held := report.Held
	o := runOptions{quiet: true}
	err := o.findLimits(ctx, streams{}, l.runner, &scenarios.Suite{Scenarios: []scenarios.Scenario{l.scenario}}, report)
	if !held || err == nil || report.Held || !report.Partial || !strings.Contains(err.Error(), "limit of close in limited") {
		t.Errorf("held %t, then %t; partial %t: %v", held, report.Held, report.Partial, err)
	}
}
