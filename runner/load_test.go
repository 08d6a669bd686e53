package runner

import (
	"slices"
	"strings"
	"testing"
	"time"

	"rstorm/clients"
	"rstorm/faults"
	"rstorm/results"
	"rstorm/scenarios"
)

func TestClientsTakeTurnsAtTheRate(t *testing.T) {
	load := scenarios.Load{Clients: 4, Rate: 100}
	var all []time.Duration
	for id := range load.Clients {
		p := newPace(&load, id, 1, 0)
		for seq := range 25 {
			all = append(all, p.due(seq, time.Hour)) // when it became free does not matter
		}
	}
	slices.Sort(all)
	for i, due := range all {
		if want := time.Duration(i) * 10 * time.Millisecond; due != want {
			t.Fatalf("command %d is due at %v, want %v", i, due, want)
		}
	}
}

// methods is the methods of the first n commands of a client.
func methods(load scenarios.Load, id, n int, seed uint64) string {
	m := newMix(&load, id, seed, "")
	var all strings.Builder
	for seq := range n {
		all.WriteString(m.command(results.CommandID{Client: uint32(id), Seq: uint32(seq)}).Method[:1])
	}
	return all.String()
}

func TestTheMixAlternatesOrIsShuffledBlockByBlock(t *testing.T) {
	load := scenarios.Load{Mix: scenarios.BuiltIn()}
	if got := methods(load, 0, 8, 1); got != "PGPGPGPG" {
		t.Errorf("alternating: %s", got)
	}
	load.Order = scenarios.Shuffle
	got := methods(load, 0, 400, 1)
	if got == strings.Repeat("PG", 200) || got != methods(load, 0, 400, 1) {
		t.Error("a shuffle is neither the plain order nor another one the second time")
	}
	if got == methods(load, 1, 400, 1) || got == methods(load, 0, 400, 2) {
		t.Error("another client, or another seed, shuffles alike")
	}
	for i := 0; i < len(got); i += 2 {
		if got[i] == got[i+1] {
			t.Fatalf("block %d holds %q, want each command once", i/2, got[i:i+2])
		}
	}
}

func TestACommandCarriesItsIDInItsTarget(t *testing.T) {
	load := scenarios.Load{Mix: []scenarios.Template{{Method: "PUT", Target: "/a"}, {Method: "GET", Target: "/b?x=1"}}}
	m := newMix(&load, 3, 1, "/base")
	for i, want := range []string{"/base/a?command=3-0", "/base/b?x=1&command=3-1"} {
		if got := m.command(results.CommandID{Client: 3, Seq: uint32(i)}); got.Target != want {
			t.Errorf("target %s, want %s", got.Target, want)
		}
	}
}

func TestAClientOfAnotherProcessHasNoNeighbours(t *testing.T) {
	slow := scenarios.Scenario{Load: scenarios.DefaultLoad(), Strategies: []scenarios.Strategy{
		{Label: "ours", Strategy: clients.Raw{}}, {Label: "theirs", Strategy: clients.External{Command: []string{"client"}}},
	}}
	slow.Device.ServiceTime = faults.After(time.Second)
	for _, j := range (&Runner{}).jobs(&scenarios.Suite{Scenarios: []scenarios.Scenario{slow}}) {
		if want := j.strategy.Label == "theirs"; j.alone != want {
			t.Errorf("%s is played alone: %v", j.strategy.Label, j.alone)
		}
	}
}
