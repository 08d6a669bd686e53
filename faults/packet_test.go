package faults

import (
	"math"
	"slices"
	"testing"
)

// struck plays n packets of a kind in one direction of a connection and
// returns the numbers of those that were struck.
func struck(p *Plan, connection int, way Stream, kind Segment, n int) []int {
	var hit []int
	for i := range n {
		if len(p.At(Packet, Event{Connection: connection, Stream: way, Segments: []Segment{kind}, Packet: i + 1})) > 0 {
			hit = append(hit, i+1)
		}
	}
	return hit
}

func TestEveryPacketHasAChanceOfItsOwn(t *testing.T) {
	fs := []Fault{{Effect: Drop, Point: Packet, Selector: Selector{Probability: tenPercent()}}}
	p := NewPlan(7, Link, fs)
	first := struck(p, 1, Upstream, Data, 4000)
	// Binomial(4000, 0.1): five standard deviations are 95.
	if n := len(first); math.Abs(float64(n)-400) > 95 {
		t.Errorf("%d of 4000 struck, want about 400", n)
	}
	if again := struck(NewPlan(7, Link, fs), 1, Upstream, Data, 4000); !slices.Equal(first, again) {
		t.Error("a second run strikes other packets")
	}
	for what, other := range map[string][]int{
		"another seed":       struck(NewPlan(8, Link, fs), 1, Upstream, Data, 4000),
		"another connection": struck(p, 2, Upstream, Data, 4000),
		"the other way":      struck(p, 1, Downstream, Data, 4000),
		"acknowledgements":   struck(p, 1, Upstream, Ack, 4000),
	} {
		both := 0
		for _, n := range other {
			if slices.Contains(first, n) {
				both++
			}
		}
		// Binomial(4000, 0.01): five standard deviations are 32.
		if math.Abs(float64(both)-40) > 32 {
			t.Errorf("%s: %d packets struck in both, want about 40", what, both)
		}
	}
}

func TestAPacketIsSelectedByItsWayAndItsKind(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault Fault
		want  bool
	}{
		{"anything", Fault{}, true},
		{"its way", Fault{Stream: Upstream}, true},
		{"the other way", Fault{Stream: Downstream}, false},
		{"one of its kinds", Fault{Segments: []Segment{SYN, Data}}, true},
		{"none of its kinds", Fault{Segments: []Segment{SYN, Ack}}, false},
	} {
		tt.fault.Effect, tt.fault.Point = Drop, Packet
		p := NewPlan(1, Link, []Fault{tt.fault})
		hit := p.At(Packet, Event{Connection: 1, Stream: Upstream, Segments: []Segment{FIN, Data}, Packet: 1})
		if got := len(hit) > 0; got != tt.want {
			t.Errorf("%s: struck %t", tt.name, got)
		}
	}
}
