package main

import (
	"strings"
	"testing"
	"time"

	"rstorm/results"
	"rstorm/scenarios"
)

const slowLoads = `version: 1
scenarios:
  - {name: gap, device: {service_time: 40ms}, load: {gap: 10ms}, strategies: [naive]}
  - {name: rate, load: {rate: 10, clients: 2}, strategies: [naive]}
  - {name: rarely, load: {rate: 0.1}, strategies: [naive]}
  - {name: together, device: {service_time: 40ms}, load: {gap: 10ms, concurrency: 4}, strategies: [naive]}
  - {name: far, link: [{toxic: latency, attributes: {latency: 150}}], strategies: [naive]}
  - {name: quick, load: {gap: 1ms}, strategies: [naive]}
  - {name: timed, load: {duration: 9s, gap: 1s}, strategies: [naive]}
`

func TestATrialOfASweepIsKeptShort(t *testing.T) {
	suite, err := scenarios.Parse("slow", strings.NewReader(slowLoads))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int{"gap": 60, "rate": 15, "rarely": 10, "together": 100, "far": 20, "quick": 100, "timed": 0}
	for _, sc := range suite.Scenarios {
		if sc.Load.Duration == 0 {
			sc.Load.Commands = 100
		}
		p := &practice{options: &sweepOptions{param: "load.gap"}, out: &results.Sweep{}}
		said := sc.Load
		if p.fit(&sc); sc.Load.Commands != want[sc.Name] || (p.shortened() == "") != (want[sc.Name]%100 == 0) {
			t.Errorf("%s: %d commands, want %d; %s", sc.Name, sc.Load.Commands, want[sc.Name], p.shortened())
		}
		for _, o := range []sweepOptions{{param: "load.gap", commands: 100}, {param: "load.commands"}} {
			sc.Load = said
			if p := (&practice{options: &o}); sc.Load.Commands > 0 {
				if p.fit(&sc); sc.Load.Commands != said.Commands || p.shortened() != "" {
					t.Errorf("%s: %d commands, want those that were asked for", sc.Name, sc.Load.Commands)
				}
			}
		}
	}
}

func TestASweepEndsWhenItsTimeIsUp(t *testing.T) {
	code, stdout, stderr := do(t, t.Context(), fewSeats, clientsSwept("--time", "1ns", "--bound", "99%", "--commands", "20")...)
	if code == exitBroken || !strings.Contains(stdout, "trials, all that was allowed, did not tell more") || strings.Contains(stdout, "PARTIAL") {
		t.Errorf("exit %d\n%s%s", code, stdout, stderr)
	}
	p := &practice{options: &sweepOptions{atMost: time.Hour}, began: time.Now()}
	if p.enough() {
		t.Error("an hour has passed")
	}
}

// As the time runs short fewer trials begin at once: one at least, for the
// search asks whether there is enough before it begins any.
func TestNoMoreTrialsBeginThanTheTimeLeftHasRoomFor(t *testing.T) {
	for _, c := range []struct {
		atMost  time.Duration
		samples int
		want    int
	}{{time.Hour, 10, 8}, {11 * time.Minute, 2, 8}, {11 * time.Minute, 40, 3}, {11 * time.Minute, 3, 1}, {time.Minute, 10, 1}} {
		p := &practice{options: &sweepOptions{atMost: c.atMost}, began: time.Now().Add(-10 * time.Minute), samples: c.samples}
		if got := p.room(8); got != c.want {
			t.Errorf("%v, %d trials in ten minutes: room for %d, want %d", c.atMost, c.samples, got, c.want)
		}
	}
}

// The user's client comes last in the order that was asked for, and is tried
// first.
func TestAClientThatCannotStartEndsASweepBeforeItBegins(t *testing.T) {
	args := []string{"sweep", "-f", "-", "--isolate", "never", "--capture", "off", "--scenario", "limited", "--strategy", "naive",
		"--client", "/nonexistent/client", "--param", "load.clients", "--from", "1", "--to", "8"}
	code, stdout, stderr := do(t, t.Context(), fewSeats, args...)
	if code != exitUsage || stdout != "" || !strings.Contains(stderr, "client can't be played") || !strings.Contains(stderr, "nothing was sent") || strings.Contains(stderr, "naive") {
		t.Errorf("exit %d\n%s%s", code, stdout, stderr)
	}
	curves := []planned{{scenario: &scenarios.Scenario{Name: "a"}, label: "x"}, {scenario: &scenarios.Scenario{Name: "a"}, label: "mine"}}
	o := &sweepOptions{}
	o.wanted = []string{"mine"}
	if first := o.foreignFirst(curves); len(first) != 2 || first[0] != &curves[1] {
		t.Errorf("played in the order %+v", first)
	}
	p := &practice{out: &results.Sweep{Curves: []results.Curve{{Scenario: "a", Strategy: "mine"}, {Scenario: "a", Strategy: "x"}}}}
	if p.order(curves); p.out.Curves[0].Strategy != "x" {
		t.Errorf("printed in the order %+v", p.out.Curves)
	}
}
