package results_test

import (
	"strings"
	"testing"

	"rstorm/results"
)

func TestARunHoldsOnlyIfAllThatWasAskedHeld(t *testing.T) {
	const held, failed, noData, skipped = results.Held, results.Missed, results.NoData, results.Skipped
	for _, c := range []struct {
		about            string
		trial, scenario  []results.Judgement
		cutRun, cutTrial bool
		want             bool
	}{
		{about: "all held", trial: []results.Judgement{held, held}, scenario: []results.Judgement{held}, want: true},
		{about: "one of a trial failed", trial: []results.Judgement{held, failed}},
		{about: "one of a scenario failed", trial: []results.Judgement{held}, scenario: []results.Judgement{failed}},
		{about: "one had no data", trial: []results.Judgement{held, noData}},
		{about: "only no data", scenario: []results.Judgement{noData}},
		{about: "skipped ones do not count", trial: []results.Judgement{held, skipped}, want: true},
		{about: "all skipped", trial: []results.Judgement{skipped}},
		{about: "no thresholds"},
		{about: "a result that is none of ours", trial: []results.Judgement{held, "fine"}},
		{about: "no result", trial: []results.Judgement{held, ""}},
		{about: "interrupted", trial: []results.Judgement{held}, cutRun: true},
		{about: "a trial cut short", trial: []results.Judgement{held}, cutTrial: true},
	} {
		t.Run(c.about, func(t *testing.T) {
			r := results.Report{Held: !c.want, Partial: c.cutRun,
				Trials:    []results.Trial{{Partial: c.cutTrial, Verdicts: verdicts(c.trial)}},
				Scenarios: []results.Scenario{{Verdicts: verdicts(c.scenario)}}}
			r.Judge()
			if r.Held != c.want {
				t.Errorf("held is %t, want %t", r.Held, c.want)
			}
		})
	}
}

func verdicts(judgements []results.Judgement) (all []results.Verdict) {
	for _, j := range judgements {
		all = append(all, results.Verdict{Threshold: "success > 99%", Observed: "98%", Result: j})
	}
	return all
}

func TestARunThatJudgedNothingSaysSoOnce(t *testing.T) {
	r := results.Report{Trials: []results.Trial{{Verdicts: verdicts([]results.Judgement{results.Skipped})}}}
	r.Judge()
	r.Judge()
	if len(r.Notes) != 1 || !strings.HasPrefix(r.Notes[0], "nothing was judged: ") {
		t.Errorf("notes %q, want one that nothing was judged", r.Notes)
	}
	if n := r.Tally(); n[results.Skipped] != 1 || n[results.Missed] != 0 {
		t.Errorf("tally %v, want one skipped: nothing failed", n)
	}
}
