package runner

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"rstorm/clients"
	"rstorm/results"
	"rstorm/scenarios"
)

// with is a suite whose scenarios are also played by a client that sends by
// itself, labelled "mine".
func with(t testing.TB, f foreign, yaml string) *scenarios.Suite {
	s := suite(t, yaml)
	for i := range s.Scenarios {
		s.Scenarios[i].Strategies = append(s.Scenarios[i].Strategies, scenarios.Strategy{Label: "mine", Strategy: f})
	}
	return s
}

// said reports whether one of the notes has that in it.
func said(notes []string, text string) bool {
	return slices.ContainsFunc(notes, func(note string) bool { return strings.Contains(note, text) })
}

const lossy = `
version: 1
scenarios:
  - name: reset after execution
    about: The device executes and the answer is lost.
    load: {clients: 3, commands: 60, mix: [put ctrl, get state]}
    strategies: [go-default]
    link: [{effect: reset, point: after-forward, probability: 10%, attempts: [1]}]
    assert: [resets > 0, lost == 0]
`

// The same transport in this process, where sockets are watched, and as a client
// that only tells: the logs must make up for what the latter does not say.
func TestAClientThatTellsOnlyOutcomesIsScoredAsOneThatIsWatched(t *testing.T) {
	trials, report := playedBy(t, Runner{Seed: 5, Parallel: 2}, with(t, foreign{}, lossy))
	if !report.Held {
		t.Errorf("thresholds did not hold: %+v", report.Scenarios)
	}
	watched, mine := trials["go-default"], trials["mine"]
	a, b := watched.Summary, mine.Summary
	if b.OK != a.OK || b.Attempts != a.Attempts || b.Ghosts != a.Ghosts || b.Duplicates != a.Duplicates || b.Failures.Attempts != a.Failures.Attempts {
		t.Errorf("watched: %+v\ntold: %+v", a, b)
	}
	if b.Resets.Hidden == 0 || b.Resets.Hidden != a.Resets.Hidden || b.Resets.Seen != a.Resets.Seen || b.Resets.Connections != a.Resets.Connections {
		t.Errorf("resets: watched %+v, told %+v", a.Resets, b.Resets)
	}
	if c := mine.Client; c == nil || c.Lib != "net/http" || len(c.Errors) != 1 || c.Errors[0].Count != b.Resets.Seen || watched.Client != nil {
		t.Errorf("the clients are %+v and %+v", watched.Client, mine.Client)
	}
	if b.Failures.ByCause["abort-after-response"] == 0 && b.Failures.ByCause["reset-before-response"] == 0 {
		t.Errorf("attempts failed by %v; the findings are %+v", b.Failures.ByCause, mine.Findings[:1])
	}
	for _, f := range mine.Findings {
		if f.Connection == 0 || f.Command == "" {
			t.Errorf("a finding that joins no connection or no command: %+v", f)
		}
	}
	if b.Outcomes[results.Unreported] != 0 || said(mine.Notes, "broke") || said(mine.Notes, "never") || said(mine.Notes, "verified") {
		t.Errorf("outcomes %v, notes %q", b.Outcomes, mine.Notes)
	}
}

func TestAClientThatBreaksLeavesTheRestUnreportedAndHarmsNoOther(t *testing.T) {
	trials, report := playedBy(t, Runner{Seed: 1, Parallel: 2}, with(t, foreign{breaks: 20}, `
version: 1
scenarios:
  - name: plain
    about: Nothing goes wrong on the link.
    load: {commands: 50}
    strategies: [naive]
    assert: [success >= 99%]
`))
	s, trial := trials["mine"].Summary, trials["mine"]
	if s.OK != 20 || s.Outcomes[results.Unreported] != 30 || s.Commands != 50 || trial.Partial || report.Partial || report.Held {
		t.Errorf("%d ok of %d, outcomes %v, partial %v and %v, held %v", s.OK, s.Commands, s.Outcomes, trial.Partial, report.Partial, report.Held)
	}
	if s.Ghosts != 1 || s.NotExecuted != 29 {
		t.Errorf("%d ghosts and %d not executed; the command it broke at was executed", s.Ghosts, s.NotExecuted)
	}
	if trial.Client.Broke != errTornPipe.Error() || !said(trial.Notes, "the client broke: the adapter exited with status 1; never reported: 30 commands") {
		t.Errorf("broke: %q, notes %q", trial.Client.Broke, trial.Notes)
	}
	if naive := trials["naive"].Summary; naive.OK != 50 {
		t.Errorf("naive: %d of 50", naive.OK)
	}
}

func TestABodyThatIsNotTheOneSentIsTruncatedWhateverTheClientSays(t *testing.T) {
	const plain = `
version: 1
scenarios:
  - name: plain
    about: Nothing goes wrong on the link.
    load: {commands: 6}
    strategies: [naive]
    assert: [success >= 99%]
`
	trials, _ := playedBy(t, Runner{Seed: 1}, with(t, foreign{liar: true}, plain))
	mine := trials["mine"]
	if s := mine.Summary; s.Outcomes[results.Truncated] != 6 || s.Ghosts != 6 {
		t.Errorf("outcomes %v, %d ghosts; want 6 truncated", s.Outcomes, s.Ghosts)
	}
	trials, _ = playedBy(t, Runner{Seed: 1}, with(t, foreign{silent: true}, plain))
	mine = trials["mine"]
	if s := mine.Summary; s.OK != 6 || !said(mine.Notes, "not verified: the bodies of 6 answers, of which the client told neither size nor digest") {
		t.Errorf("%d ok, notes %q", s.OK, mine.Notes)
	}
}

func TestTheScheduleOfAnOpenLoopIsTheClients(t *testing.T) {
	trials, _ := playedBy(t, Runner{Seed: 1}, with(t, foreign{}, `
version: 1
scenarios:
  - name: open
    about: Commands come due whatever becomes of those before.
    load: {commands: 40, rate: 400, concurrency: 4}
    strategies: [naive]
    assert: [success >= 99%]
`))
	if s := trials["mine"].Summary; s.OK != 40 || s.Latency.N != 40 || s.Latency.P50 <= 0 || s.Reordered != 0 {
		t.Errorf("%d ok, latency %+v, %d reordered", s.OK, s.Latency, s.Reordered)
	}
}

func TestAnInterruptedClientKeepsWhatItTold(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("Ctrl-C")
	r := Runner{Seed: 1, Observe: func(p Progress) {
		if p.Ended == nil {
			go func() {
				for p.Done() < 3 {
					time.Sleep(time.Millisecond)
				}
				cancel(why)
			}()
		}
	}}
	s := with(t, foreign{}, `
version: 1
scenarios:
  - name: endless
    about: Goes on.
    load: {commands: 100000, gap: 10ms}
    strategies: [naive]
    assert: [success >= 99%]
`)
	s.Scenarios[0].Strategies = s.Scenarios[0].Strategies[1:]
	report, err := r.Run(ctx, s)
	if !errors.Is(err, why) || !report.Partial || len(report.Trials) != 1 {
		t.Fatalf("err %v, partial %v, %d trials", err, report.Partial, len(report.Trials))
	}
	if s := report.Trials[0].Summary; s.OK < 3 || s.OK != s.Commands || !report.Trials[0].Partial {
		t.Errorf("%d ok of %d: what was cut short is left out", s.OK, s.Commands)
	}
}

func TestAStrategyThatCantBePlayedIsLeftOutAndNeverHolds(t *testing.T) {
	const two = `
version: 1
scenarios:
  - name: plain
    about: Nothing goes wrong on the link.
    load: {commands: 6, clients: 2, gap: 1ms}
    strategies: [naive, close]
    assert: [success >= 99%, {naive: success >= 99%}, {close: success >= 99%}, close.success - naive.success >= 0%]
`
	s := suite(t, two)
	var demands []clients.Demand
	s.Scenarios[0].Strategies[1].Strategy = foreign{unable: errors.New("no such program"), demands: &demands}
	trials, report := playedBy(t, Runner{Seed: 1}, s)
	if want := (clients.Demand{Clients: 2, Concurrency: 1, Constant: true, Commands: 6}); len(trials) != 1 || !reflect.DeepEqual(demands, []clients.Demand{want}) {
		t.Errorf("%d trials, asked for %+v", len(trials), demands)
	}
	n := report.Tally()
	if !slices.Equal(report.Scenarios[0].Unplayed, []results.Unplayed{{Strategy: "close", Why: "no such program"}}) || !report.Held ||
		n[results.Held] != 2 || n[results.Skipped] != 2 {
		t.Errorf("unplayed %+v, held %v, %v", report.Scenarios[0].Unplayed, report.Held, n)
	}

	s = suite(t, two)
	s.Scenarios[0].Strategies[0].Strategy = foreign{unable: errors.New("no such program")}
	s.Scenarios[0].Strategies[1].Strategy = foreign{unable: errors.New("no batch")}
	if trials, report = playedBy(t, Runner{Seed: 1}, s); len(trials) != 0 || report.Held || report.Tally()[results.Skipped] != 4 ||
		!strings.Contains(report.Scenarios[0].Skipped, "naive: no such program; close: no batch") {
		t.Errorf("%d trials, held %v, %v, %q", len(trials), report.Held, report.Tally(), report.Scenarios[0].Skipped)
	}

	_, err := (&Runner{Seed: 1, Wanted: []string{"close"}}).Run(t.Context(), s)
	if unable, ok := errors.AsType[*UnableError](err); !ok || unable.Error() != "close can't be played: no batch" {
		t.Errorf("wanted, and the error is %v", err)
	}
}

func TestOverHTTP2NoClientOfAnotherProcessIsPlayed(t *testing.T) {
	_, report := playedBy(t, Runner{Seed: 1, Wanted: []string{"mine"}}, with(t, foreign{}, `
version: 1
scenarios:
  - {name: two, about: Over HTTP/2., protocol: h2c, load: {commands: 2}, strategies: [naive], assert: [success >= 99%]}
  - {name: one, about: Over HTTP/1.1., load: {commands: 2}, strategies: [naive], assert: [success >= 99%]}
  - {name: ports, about: From one port., load: {commands: 2, ports: 3}, strategies: [naive], assert: [success >= 99%]}
`))
	if len(report.Trials) != 4 || len(report.Scenarios[0].Unplayed) != 1 || report.Scenarios[1].Unplayed != nil || len(report.Scenarios[2].Unplayed) != 1 || !report.Held {
		t.Errorf("%d trials, %+v", len(report.Trials), report.Scenarios)
	}
}
