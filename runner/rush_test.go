package runner

import (
	"errors"
	"strings"
	"testing"
	"time"

	"rstorm/clients/adapter"
	"rstorm/faults"
	"rstorm/results"
	"rstorm/scenarios"
)

// Whoever waits for nothing meets other gaps and races than those asked for, and
// no backlog: that is not to look like a fast client.
func TestAClientThatDoesNotWaitHasNotPlayedTheScenario(t *testing.T) {
	for name, load := range map[string]string{
		"open":             "{commands: 20, rate: 100}",
		"closed":           "{commands: 20, gap: 20ms}",
		"closed, in lanes": "{commands: 20, gap: 40ms, concurrency: 4}",
		"short pauses":     "{commands: 20, gap: 1ms}",
	} {
		file := `
version: 1
scenarios:
  - name: paced
    about: Nothing goes wrong on the link.
    device: {service_time: 1ms}
    load: ` + load + `
    strategies: [naive]
    assert: [success >= 99%]
`
		trials, report := playedBy(t, Runner{Seed: 1}, with(t, foreign{rash: true}, file))
		mine := trials["mine"]
		if !mine.Perturbed || !strings.Contains(mine.Perturbation, "sent before they were due") || !said(mine.Notes, "sent before they were due, by up to") {
			t.Errorf("%s: perturbed %v, %q, notes %q", name, mine.Perturbed, mine.Perturbation, mine.Notes)
		}
		if want := (&adapter.Failure{Kind: adapter.TooEarly}).Kind.Mend(); !strings.Contains(mine.Client.Broke, want) || report.Held {
			t.Errorf("%s: broke %q, held %v", name, mine.Client.Broke, report.Held)
		}
		if l := mine.Summary.Latency; l.N != 20 || l.P50 < time.Millisecond {
			t.Errorf("%s: the latency of commands that took a millisecond is %+v", name, l)
		}
		trials, _ = playedBy(t, Runner{Seed: 1}, with(t, foreign{}, file))
		if mine := trials["mine"]; mine.Client.Broke != "" || said(mine.Notes, "before they were due") {
			t.Errorf("%s: one that waits: broke %q, notes %q", name, mine.Client.Broke, mine.Notes)
		}
	}
}

// timed are records of commands by when they were sent and answered, in
// milliseconds.
func timed(load *scenarios.Load, at ...[2]float64) *player {
	p := &player{load: load, pace: newPace(load, 0, 1, 0), client: &foreigner{}}
	for i, ms := range at {
		p.records = append(p.records, results.Record{ID: results.CommandID{Seq: uint32(i)}, Outcome: results.OK,
			Sent: time.Duration(ms[0] * float64(time.Millisecond)), Done: time.Duration(ms[1] * float64(time.Millisecond))})
	}
	return p
}

func TestCommandsThatWereSentTooSoonAreCounted(t *testing.T) {
	closed := &scenarios.Load{Clients: 1, Gap: faults.After(10 * time.Millisecond)}
	lanes := &scenarios.Load{Clients: 1, Gap: closed.Gap, Concurrency: 2}
	short := &scenarios.Load{Clients: 1, Gap: faults.After(time.Millisecond)}
	none := &scenarios.Load{Clients: 1}
	open := &scenarios.Load{Clients: 1, Rate: 100}
	for _, tt := range []struct {
		name   string
		p      *player
		early  int
		broken bool
	}{
		{"every pause", timed(closed, [2]float64{0, 5}, [2]float64{15, 20}, [2]float64{30, 31}), 0, false},
		{"timers of milliseconds", timed(closed, [2]float64{0, 5}, [2]float64{13.6, 20}, [2]float64{28.6, 31}), 0, false},
		{"one pause of three", timed(closed, [2]float64{0, 5}, [2]float64{6, 7}, [2]float64{17, 18}, [2]float64{28, 29}), 1, false},
		{"no pause", timed(closed, [2]float64{0, 5}, [2]float64{5, 7}, [2]float64{7, 8}), 2, true},
		{"no pause of a millisecond", timed(short, [2]float64{0, 5}, [2]float64{5.1, 7}, [2]float64{7.1, 8}), 2, true},
		{"half of a millisecond once", timed(short, [2]float64{0, 5}, [2]float64{5.1, 7}, [2]float64{8, 9}), 0, false},
		{"two at once where one is", timed(none, [2]float64{0, 50}, [2]float64{1, 50}, [2]float64{50, 51}, [2]float64{51, 52}), 1, false},
		{"two lanes", timed(lanes, [2]float64{0, 5}, [2]float64{0, 50}, [2]float64{15, 20}, [2]float64{30, 40}), 0, false},
		{"two lanes that share out beforehand", timed(lanes, [2]float64{0, 5}, [2]float64{0, 50}, [2]float64{15, 20}, [2]float64{60, 65}, [2]float64{30, 40}), 0, false},
		{"three in two lanes", timed(lanes, [2]float64{0, 50}, [2]float64{0, 50}, [2]float64{0, 50}), 1, true},
		{"a schedule", timed(open, [2]float64{0, 50}, [2]float64{9, 60}, [2]float64{70, 71}), 0, false},
		{"a schedule that is not kept", timed(open, [2]float64{0, 1}, [2]float64{1, 2}, [2]float64{2, 3}), 2, true},
	} {
		p := tt.p
		p.date()
		h := p.hasty()
		if h.early != tt.early || (h.failure() != nil) != tt.broken || tt.broken && !errors.Is(h.failure(), &adapter.Failure{Kind: adapter.TooEarly}) {
			t.Errorf("%s: %v, %v", tt.name, h.String(), h.failure())
		}
		for _, r := range p.records {
			if r.Latency() < r.Done-r.Sent {
				t.Errorf("%s: command %v took %v and has a latency of %v", tt.name, r.ID, r.Done-r.Sent, r.Latency())
			}
		}
	}
}

// A client that ends well and has not told of everything broke all the same.
func TestACommandThatIsNeverReportedBreaksTheClient(t *testing.T) {
	trials, report := playedBy(t, Runner{Seed: 1}, with(t, foreign{forgets: 3}, `
version: 1
scenarios:
  - name: plain
    about: Nothing goes wrong on the link.
    load: {commands: 9}
    strategies: [naive]
    assert: [success >= 80%]
`))
	mine := trials["mine"]
	if mine.Client.Broke != "it never reported 1 command" || !said(mine.Notes, "never reported 1 command") || mine.Summary.OK != 8 || report.Held {
		t.Errorf("broke %q, notes %q, %d ok, held %v", mine.Client.Broke, mine.Notes, mine.Summary.OK, report.Held)
	}
}
