package assert

import (
	"math"
	"testing"
	"time"

	"rstorm/results"
)

// trial has ok of n commands succeed; PUT and GET share them evenly.
func trial(ok, n int, resets, duplicates results.Count, p99 time.Duration) *results.Trial {
	sum := func(ok, n int) results.Summary {
		return results.Summary{Commands: n, OK: ok, Success: results.Rate(float64(ok) / float64(n)), Duplicates: duplicates,
			Resets: results.Resets{Connections: resets}, Latency: results.Quantiles{N: int64(ok), P99: p99}}
	}
	return &results.Trial{Summary: sum(ok, n), ByMethod: map[string]results.Summary{"PUT": sum(n/2, n/2), "GET": sum(ok-n/2, n/2)}}
}

func closeRace() View {
	return View{Selected: []string{"naive", "close", "retry"}, Trials: map[string]*results.Trial{
		"naive": trial(100, 200, 100, 0, 23*time.Millisecond),
		"close": trial(199, 200, 0, 0, 2314567*time.Nanosecond),
		"retry": trial(160, 200, 99, 20, 25*time.Millisecond),
	}}
}

func judged(t *testing.T, v View, source, observed string, result results.Judgement) {
	t.Helper()
	threshold, err := Parse(source)
	if err != nil {
		t.Errorf("%q: %v", source, err)
		return
	}
	want := results.Verdict{Threshold: source, Observed: observed, Result: result}
	if got := threshold.Judge(v); got != want {
		t.Errorf("%q came to %q, %q; want %q, %q", source, got.Observed, got.Result, observed, result)
	}
}

func TestAThresholdOnAStrategyIsAboutItAlone(t *testing.T) {
	v := closeRace()
	judged(t, v, "naive.success < 60%", "50%", results.Held)
	judged(t, v, "naive.success[PUT] == 100%", "100%", results.Held)
	judged(t, v, "naive.success[GET] > 0%", "0%", results.Missed)
	judged(t, v, "close.p99 <= 2.3ms", "2.315ms", results.Missed)
	judged(t, v, "retry.duplicates != 20", "20", results.Missed)
}

func TestBoundsCompareExactlyOnCounts(t *testing.T) {
	v := closeRace()
	judged(t, v, "close.success >= 99.5%", "99.5%", results.Held)
	judged(t, v, "close.success > 99.5%", "99.5%", results.Missed)
	judged(t, v, "close.success == 0.995", "99.5%", results.Held)
	judged(t, v, "retry.success - naive.success > 30%", "30% (80% - 50%)", results.Missed)
	judged(t, v, "retry.success - naive.success >= 30%", "30% (80% - 50%)", results.Held)
	for n := 1; n <= 1000; n++ {
		share := float64(n) / 1000
		bound, ok := Rate.parse(Rate.format(share))
		if !ok || !operator(">=").holds(share, bound) || operator(">").holds(share, bound) {
			t.Errorf("%d of 1000 is not %v", n, bound)
		}
	}
}

func TestCountsOfAScenarioAreSummed(t *testing.T) {
	v := closeRace()
	judged(t, v, "resets > 0", "199", results.Held)
	judged(t, v, "duplicates == 0", "20", results.Missed)
	judged(t, v, "resets - duplicates == 179", "179 (199 - 20)", results.Held)
}

func TestRatesAndTimesOfAScenarioHoldForEachStrategy(t *testing.T) {
	v := closeRace()
	judged(t, v, "success > 40%", "50% (naive)", results.Held)
	judged(t, v, "success > 60%", "50% (naive)", results.Missed)
	judged(t, v, "success < 90%", "99.5% (close)", results.Missed)
	judged(t, v, "success == 99.5%", "50% (naive)", results.Missed)
	judged(t, v, "success != 80%", "80% (retry)", results.Missed)
	judged(t, v, "p99 < 24ms", "25ms (retry)", results.Missed)
	judged(t, v, "success[PUT] - success[GET] < 45%", "100% (100% - 0%, naive)", results.Missed)
}

func TestNoDataNeverHolds(t *testing.T) {
	const none = "no data"
	v := closeRace()
	v.Trials["close"].Summary.Resets.Connections = results.Unknown
	v.Trials["close"].Summary.Latency = results.Quantiles{}
	for _, source := range []string{
		"close.resets == 0", "close.resets != 5", "resets > 0", "close.p99 < 1h", "p99 < 1h", "p99 != 1h",
		"naive.recovery < 1h", "naive.success[POST] != 50%", "success[POST] != 50%", "close.resets - naive.resets < 5", "naive.reuse != 1",
	} {
		judged(t, v, source, none, results.NoData)
	}
	judged(t, v, "p99 < 24ms", "25ms (retry)", results.Missed)

	delete(v.Trials, "naive")
	v.Trials["retry"].Partial = true
	v.Trials["empty"] = &results.Trial{Summary: results.Summary{Success: results.Rate(math.NaN())}}
	for _, source := range []string{"naive.duplicates == 0", "retry.duplicates == 20", "duplicates > 0", "empty.duplicates == 0", "empty.success != 50%"} {
		judged(t, v, source, none, results.NoData)
	}
}

// What a client would have done that broke nobody knows; a threshold that it
// misses is missed all the same.
func TestAClientThatBrokeHoldsNothing(t *testing.T) {
	v := closeRace()
	v.Trials["retry"].Client = &results.Client{Broke: "it ended"}
	judged(t, v, "retry.success < 90%", "80%, but retry broke", results.NoData)
	judged(t, v, "retry.success > 90%", "80%", results.Missed)
	judged(t, v, "duplicates == 20", "20, but retry broke", results.NoData)
	judged(t, v, "duplicates == 0", "20", results.Missed)
	judged(t, v, "close.success - naive.success > 30%", "49.5% (99.5% - 50%)", results.Held)
	v.Trials["retry"].Client.Broke = ""
	judged(t, v, "duplicates == 20", "20", results.Held)
}

// A sum of counts only grows by what a client would have come to that broke.
func TestWhatTheOthersAddUpToSufficesWhereAClientBroke(t *testing.T) {
	v := closeRace()
	v.Trials["naive"].Summary.Duplicates = 3
	v.Trials["retry"].Client = &results.Client{Broke: "it ended"}
	judged(t, v, "resets > 0", "100 without retry, which broke", results.Held)
	judged(t, v, "resets >= 100", "100 without retry, which broke", results.Held)
	judged(t, v, "resets != 99", "100 without retry, which broke", results.Held)
	judged(t, v, "resets == 99", "100 without retry, which broke", results.Missed)
	judged(t, v, "duplicates <= 2", "3 without retry, which broke", results.Missed)
	judged(t, v, "duplicates < 3", "3 without retry, which broke", results.Missed)

	judged(t, v, "resets > 100", "199, but retry broke", results.NoData)
	judged(t, v, "resets < 300", "199, but retry broke", results.NoData)
	judged(t, v, "resets != 300", "199, but retry broke", results.NoData)
	judged(t, v, "resets - duplicates > 0", "176 (199 - 23), but retry broke", results.NoData)
	judged(t, v, "resets > 300", "199", results.Missed)

	v.Trials["retry"].Summary.Commands = 0 // it broke before the first
	judged(t, v, "resets > 0", "100 without retry, which broke", results.Held)
	judged(t, v, "resets > 100", "no data", results.NoData)

	v.Selected, v.Skipped = []string{"naive", "retry"}, []string{"close"}
	judged(t, v, "resets > 0", "100 without retry, which broke", results.Held)

	v.Trials["naive"].Summary.Resets.Connections = results.Unknown
	for _, source := range []string{"resets > 0", "resets < 1", "resets != 1"} {
		judged(t, v, source, "no data", results.NoData)
	}
	v.Trials["naive"].Client = v.Trials["retry"].Client
	judged(t, v, "resets > 0", "no data", results.NoData)
}

func TestASelectionLeavesUndecidedWhatItCannotTell(t *testing.T) {
	v := closeRace()
	v.Selected, v.Skipped = []string{"close", "retry"}, []string{"naive"}
	delete(v.Trials, "naive")
	judged(t, v, "naive.success < 60%", "naive not selected", results.Skipped)
	judged(t, v, "close.success - naive.success > 30%", "naive not selected", results.Skipped)
	judged(t, v, "close.success >= 99%", "99.5%", results.Held)
	judged(t, v, "success >= 75%", "80% (retry)", results.Held)

	judged(t, v, "resets > 0", "99", results.Held)
	judged(t, v, "resets >= 100", "99 without naive", results.Skipped)
	judged(t, v, "resets < 150", "99 without naive", results.Skipped)
	judged(t, v, "resets <= 98", "99", results.Missed)
	judged(t, v, "resets == 98", "99", results.Missed)
	judged(t, v, "resets == 99", "99 without naive", results.Skipped)
	judged(t, v, "resets != 98", "99", results.Held)
	judged(t, v, "resets != 100", "99 without naive", results.Skipped)
	judged(t, v, "resets - duplicates > 0", "79 (99 - 20) without naive", results.Skipped)

	v.Selected, v.Skipped = nil, []string{"naive", "close", "retry"}
	judged(t, v, "resets > 0", "no strategy selected", results.Skipped)
}

func TestNumbersAreWrittenForPeople(t *testing.T) {
	for _, c := range []struct {
		unit Unit
		v    float64
		want string
	}{
		{Count, 100, "100"}, {Count, -3, "-3"}, {Rate, .5, "50%"}, {Rate, .475, "47.5%"}, {Rate, 2. / 3, "66.667%"},
		{Rate, -1e-9, "0%"}, {Rate, -.004, "-0.4%"}, {Ratio, 1.999, "2"}, {Ratio, 1.5, "1.5"},
		{Time, 2314567, "2.315ms"}, {Time, 1.5e9, "1.5s"}, {Time, 850, "850ns"}, {Time, -2.5e6, "-2.5ms"}, {Time, 0, "0s"},
	} {
		if got := c.unit.format(c.v); got != c.want {
			t.Errorf("%v is written %q, want %q", c.v, got, c.want)
		}
	}
}
