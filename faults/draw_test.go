package faults

import (
	"math/rand/v2"
	"testing"
	"time"
)

// A chance is what a generator of the standard library draws first, and a
// delay what it draws next: results of old seeds stay.
func TestDrawsAreThoseOfTheStandardLibrary(t *testing.T) {
	p, e := NewPlan(3, Link, nil), Event{Connection: 5}
	var uneven Delay
	if err := uneven.UnmarshalText([]byte("lognormal(2ms, 0.5)")); err != nil {
		t.Fatal(err)
	}
	for salt := range uint64(100) {
		ours, theirs := p.rng(salt, e), source(p.rng(salt, e))
		if a, b := chance(&ours), theirs.Float64(); a != b {
			t.Fatalf("salt %d: chance %v, want %v", salt, a, b)
		}
		if a, b := uneven.draw(ours), uneven.Draw(theirs); a != b {
			t.Fatalf("salt %d: delay %v, want %v", salt, a, b)
		}
	}
	if d := After(time.Second).draw(rand.PCG{}); d != time.Second {
		t.Errorf("a constant draws %v", d)
	}
}

// What is not struck costs no memory: a packet asks for every fault.
func TestAMissAllocatesNothing(t *testing.T) {
	p := NewPlan(1, Link, []Fault{{Effect: Drop, Point: Packet, Selector: Selector{Probability: new(Probability)}}})
	packet := Event{Connection: 1, Stream: Upstream, Segments: []Segment{Data}, Packet: 1}
	command := Event{Command: "3-1234", Method: "PUT", Attempt: 1, Connection: 3}
	for name, e := range map[string]Event{"packet": packet, "command": command} {
		if n := testing.AllocsPerRun(100, func() { p.At(Packet, e) }); n != 0 {
			t.Errorf("a %s that is not struck allocates %v times", name, n)
		}
	}
}
