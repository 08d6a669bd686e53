package portrait

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"go.uber.org/goleak"

	"rstorm/kernel"
	"rstorm/kernel/kerneltest"
	"rstorm/results"
	"rstorm/runner"
	"rstorm/scenarios"
	"rstorm/wire/live"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestWhatWasWrittenPlaysWhatWasCaptured(t *testing.T) {
	if !kerneltest.Private(t) {
		return
	}
	for _, tt := range films {
		t.Run(tt.name, func(t *testing.T) {
			tape := tt.film(rand.New(rand.NewPCG(1, 2)))
			for id, n := range causes(tape) {
				if id != "" && !slices.Contains(tt.causes, id) {
					t.Errorf("%d connections of the capture ended by %s, want %v only", n, id, tt.causes)
				}
			}
			text, suite := written(t, tape)
			trial := play(t, suite, text, nil)
			compare(t, portraitOf(tape), &trial.Summary)
			for outcome, n := range trial.Summary.Outcomes {
				if n > 0 && outcome != results.OK && !slices.Contains(tt.ends, outcome) {
					t.Errorf("%d commands ended %v", n, outcome)
				}
			}
			named(t, &trial, tt.causes, tt.narrow)
			for _, v := range trial.Verdicts {
				if v.Result != results.Held {
					t.Errorf("%s: %v, %v", v.Threshold, v.Observed, v.Result)
				}
			}
			if t.Failed() {
				t.Logf("outcomes %v, failures %v, perturbed %v\n%s", trial.Summary.Outcomes, trial.Summary.Failures, trial.Perturbed, text)
			}
		})
	}
}

// named holds the causes of what failed as it was played against those of the
// capture: but for one, nine in ten must be of the captured kind; where it is
// narrow, one.
func named(t *testing.T, trial *results.Trial, causes []string, narrow bool) {
	t.Helper()
	right, wrong := 0, 0
	for id, n := range trial.Summary.Failures.ByCause {
		if slices.Contains(causes, id) {
			right += n
		} else {
			wrong += n
		}
	}
	if len(causes) > 0 && right == 0 || wrong > 1+right/9 && !narrow {
		t.Errorf("it was played for %v, want %v", trial.Summary.Failures.ByCause, causes)
	}
}

// play plays the first scenario with the strategy that the captured clients are
// like.
func play(t *testing.T, suite *scenarios.Suite, text string, packets runner.PacketSink) results.Trial {
	t.Helper()
	like := suite.Scenarios[0].Strategies[0].Label
	suite.Scenarios = suite.Scenarios[:1]
	if err := suite.Select(nil, []string{like}); err != nil {
		t.Fatal(err)
	}
	r := runner.Runner{Seed: 5, Isolated: kernel.Isolated(), Capture: live.Full, Packets: packets}
	report, err := r.Run(t.Context(), suite)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if why := report.Scenarios[0].Skipped; why != "" {
		t.Skip(why)
	}
	return report.Trials[0]
}

// compare holds the share of commands that failed, and of connections that
// were reset for a cause, against the capture's: what is captured is a draw of
// the same chance as what is played, each of so many.
func compare(t *testing.T, p *Portrait, s *results.Summary) {
	t.Helper()
	one := p.worst()[0]
	wanted := one.wants()
	captured, played := 1-float64(one.succeeded)/float64(wanted), 1-float64(s.Success)
	share := (captured*float64(wanted) + played*float64(s.Commands)) / float64(wanted+s.Commands)
	const busy = 0.02 // a machine that is late here and there
	bound := busy + 4*math.Sqrt(share*(1-share)*(1/float64(wanted)+1/float64(s.Commands)))
	if math.Abs(captured-played) > bound {
		t.Errorf("%.1f %% of %d commands failed in the capture, %.1f %% of %d as it was played; want a difference of at most %.1f %%",
			100*captured, wanted, 100*played, s.Commands, 100*bound)
	}
}
