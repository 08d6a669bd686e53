package runner

import (
	"fmt"
	"slices"
	"time"

	"rstorm/assert"
	"rstorm/results"
	"rstorm/scenarios"
)

// Bounds of the schedule's lateness beyond which a trial counts as perturbed:
// gaps and races were then not the ones asked for.
const (
	lateMedian = 2 * time.Millisecond
	lateTail   = 50 * time.Millisecond
)

// perturbed judges from the lateness of the sendings whether the machine was
// too busy to play the schedule, and says so.
func perturbed(lateness []time.Duration, external bool) (bool, string) {
	if len(lateness) == 0 {
		return false, ""
	}
	sorted := slices.Sorted(slices.Values(lateness))
	median, tail := sorted[len(sorted)/2], sorted[len(sorted)*99/100]
	if median <= lateMedian && tail <= lateTail {
		return false, ""
	}
	why := "the machine was busy"
	if external {
		why += ", or the client, or its timers are coarse"
	}
	return true, fmt.Sprintf("commands were sent late, by %v in the median and %v at p99: %s",
		median.Round(10*time.Microsecond), tail.Round(10*time.Microsecond), why)
}

// judgeTrial judges the thresholds that are about this trial's strategy alone.
func judgeTrial(sc *scenarios.Scenario, trial *results.Trial) []results.Verdict {
	verdicts := []results.Verdict{}
	view := assert.View{Selected: []string{trial.Strategy}, Trials: map[string]*results.Trial{trial.Strategy: trial}}
	for _, t := range sc.Assert {
		if named := t.Strategies(); len(named) == 1 && named[0] == trial.Strategy {
			verdicts = append(verdicts, t.Judge(view))
		}
	}
	return verdicts
}

// judgeScenarios judges, per scenario and repetition, the thresholds that are
// about several strategies, all, or one that was not played. Those of skipped
// scenarios, by name with the reason, are neither held nor failed, nor are those
// on strategies that were left out.
func (r *Runner) judgeScenarios(suite *scenarios.Suite, all []played, skipped map[string]string, left unplayed) []results.Scenario {
	var judged []results.Scenario
	for i := range suite.Scenarios {
		sc := &suite.Scenarios[i]
		for rep := range max(1, r.Repeat) {
			here := slices.DeleteFunc(slices.Clone(all), func(p played) bool {
				return p.trial.Scenario != sc.Name || p.trial.Repetition != rep+1
			})
			view := viewOf(sc, here, left[sc.Name])
			out := results.Scenario{Scenario: sc.Name, About: sc.About, Repetition: rep + 1,
				Protocol: sc.Protocol, Shows: sc.Shows, Produced: sc.Produced(), Skipped: skipped[sc.Name], Unplayed: left[sc.Name]}
			if len(view.Selected) == 0 && out.Skipped == "" {
				out.Skipped = everyone(out.Unplayed)
			}
			if sc.Load.Duration == 0 { // else the same id was sent at another time, by one more often than by the other
				out.Differences, out.Pairings = differences(here), pairings(here)
			}
			for _, t := range sc.Assert {
				named := t.Strategies()
				switch {
				case out.Skipped != "":
					out.Verdicts = append(out.Verdicts, results.Verdict{Threshold: t.String(), Observed: out.Skipped, Result: results.Skipped})
				case slices.ContainsFunc(named, func(label string) bool { return unable(out.Unplayed, label) }):
					out.Verdicts = append(out.Verdicts, results.Verdict{Threshold: t.String(), Observed: "not played here", Result: results.Skipped})
				case len(named) != 1 || view.Trials[named[0]] == nil:
					out.Verdicts = append(out.Verdicts, t.Judge(view))
				}
			}
			judged = append(judged, out)
		}
	}
	return judged
}

func viewOf(sc *scenarios.Scenario, here []played, left []results.Unplayed) assert.View {
	view := assert.View{Skipped: slices.Clone(sc.Skipped), Trials: map[string]*results.Trial{}}
	for _, st := range sc.Strategies {
		if unable(left, st.Label) {
			view.Skipped = append(view.Skipped, st.Label)
		} else {
			view.Selected = append(view.Selected, st.Label)
		}
	}
	for _, p := range here {
		view.Trials[p.trial.Strategy] = p.trial
	}
	return view
}

// differences compares every strategy with the first: they met the same fate,
// command by command.
func differences(here []played) []results.Difference {
	var all []results.Difference
	for i := 1; i < len(here); i++ {
		d := results.Difference{Strategy: here[i].trial.Strategy, Than: here[0].trial.Strategy}
		success, low, high := results.PairedDifference(here[i].records, here[0].records)
		d.Success, d.Low, d.High = results.Rate(success), results.Rate(low), results.Rate(high)
		all = append(all, d)
	}
	return all
}

// pairings compares every strategy with each before it, by counts.
func pairings(here []played) []results.Pairing {
	var all []results.Pairing
	for i, p := range here {
		for _, before := range here[:i] {
			all = append(all, results.Pair(p.trial.Strategy, p.records, before.trial.Strategy, before.records))
		}
	}
	return all
}
