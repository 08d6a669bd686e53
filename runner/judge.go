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
func perturbed(lateness []time.Duration) (bool, string) {
	if len(lateness) == 0 {
		return false, ""
	}
	sorted := slices.Sorted(slices.Values(lateness))
	median, tail := sorted[len(sorted)/2], sorted[len(sorted)*99/100]
	if median <= lateMedian && tail <= lateTail {
		return false, ""
	}
	return true, fmt.Sprintf("commands were sent late, by %v in the median and %v at p99: the machine was busy",
		median.Round(10*time.Microsecond), tail.Round(10*time.Microsecond))
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
// about several strategies, all, or one that was not played.
func (r *Runner) judgeScenarios(suite *scenarios.Suite, trials []results.Trial) []results.Scenario {
	var all []results.Scenario
	for i := range suite.Scenarios {
		sc := &suite.Scenarios[i]
		for rep := range max(1, r.Repeat) {
			view := viewOf(sc, rep+1, trials)
			out := results.Scenario{Scenario: sc.Name, About: sc.About, Repetition: rep + 1, Verdicts: []results.Verdict{}}
			for _, t := range sc.Assert {
				if named := t.Strategies(); len(named) != 1 || view.Trials[named[0]] == nil {
					out.Verdicts = append(out.Verdicts, t.Judge(view))
				}
			}
			all = append(all, out)
		}
	}
	return all
}

func viewOf(sc *scenarios.Scenario, repetition int, trials []results.Trial) assert.View {
	view := assert.View{Skipped: sc.Skipped, Trials: map[string]*results.Trial{}}
	for _, st := range sc.Strategies {
		view.Selected = append(view.Selected, st.Label)
	}
	for i := range trials {
		if t := &trials[i]; t.Scenario == sc.Name && t.Repetition == repetition {
			view.Trials[t.Strategy] = t
		}
	}
	return view
}
