package faults

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"
)

// fate plays n commands, alternating PUT and GET, past one point and returns
// the ids that were struck.
func fate(p *Plan, point Point, n, attempt int) []string {
	var hit []string
	for i := range n {
		e := Event{Command: fmt.Sprintf("0-%d", i), Method: []string{"PUT", "GET"}[i%2], Attempt: attempt, Connection: i%7 + 1}
		if len(p.At(point, e)) > 0 {
			hit = append(hit, e.Command)
		}
	}
	return hit
}

func tenPercent() *Probability { p := Probability(.1); return &p }

func TestTheSameSeedStrikesTheSameCommands(t *testing.T) {
	fs := []Fault{{Effect: Reset, Point: AfterForward, Selector: Selector{Probability: tenPercent()}}}
	first := fate(NewPlan(7, Link, fs), AfterForward, 2000, 1)
	if again := fate(NewPlan(7, Link, fs), AfterForward, 2000, 1); !slices.Equal(first, again) {
		t.Error("a second run strikes other commands")
	}
	if other := fate(NewPlan(8, Link, fs), AfterForward, 2000, 1); slices.Equal(first, other) {
		t.Error("another seed strikes the same commands")
	}
	if device := fate(NewPlan(7, Device, fs), AfterForward, 2000, 1); slices.Equal(first, device) {
		t.Error("device and link draw alike")
	}
	if second := fate(NewPlan(7, Link, fs), AfterForward, 2000, 2); slices.Equal(first, second) {
		t.Error("the second attempt meets the fate of the first")
	}
	// Binomial(2000, 0.1): five standard deviations are 67.
	if n := len(first); math.Abs(float64(n)-200) > 67 {
		t.Errorf("%d of 2000 struck, want about 200", n)
	}
}

func TestAFateDoesNotDependOnTheConnection(t *testing.T) {
	fs := []Fault{{Effect: Reset, Point: AfterForward, Selector: Selector{Probability: tenPercent()}}}
	p := NewPlan(7, Link, fs)
	for i := range 500 {
		e := Event{Command: fmt.Sprintf("0-%d", i), Method: "PUT", Attempt: 1, Connection: 1}
		kept := len(p.At(AfterForward, e))
		e.Connection = i + 1
		if fresh := len(p.At(AfterForward, e)); kept != fresh {
			t.Fatalf("command %d: struck %d times on a kept connection, %d on a fresh one", i, kept, fresh)
		}
	}
}

func TestNeighbouringDrawsAreIndependent(t *testing.T) {
	half := Probability(.5)
	p := NewPlan(1, Link, []Fault{
		{Effect: Reset, Point: AfterForward, Selector: Selector{Probability: &half}},
		{Effect: Close, Point: AfterForward, Selector: Selector{Probability: &half}},
	})
	var both, none int
	for i := range 4000 {
		switch len(p.At(AfterForward, Event{Command: fmt.Sprintf("0-%d", i), Attempt: 1})) {
		case 2:
			both++
		case 0:
			none++
		}
	}
	// Binomial(4000, 0.25): five standard deviations are 137.
	if math.Abs(float64(both)-1000) > 137 || math.Abs(float64(none)-1000) > 137 {
		t.Errorf("both %d, none %d of 4000, want about 1000 each", both, none)
	}
}

func TestSelectors(t *testing.T) {
	for _, tt := range []struct {
		name string
		sel  Selector
		want []string
	}{
		{"zero value", Selector{}, []string{"0-0", "0-1", "0-2", "0-3", "0-4", "0-5"}},
		{"commands", Selector{Commands: []string{"0-2", "0-9"}}, []string{"0-2"}},
		{"methods", Selector{Methods: []string{"GET"}}, []string{"0-1", "0-3", "0-5"}},
		{"attempts", Selector{Attempts: []int{2}}, nil},
		{"connections", Selector{Connections: []int{1, 3}}, []string{"0-0", "0-2"}},
		{"first n, then heal", Selector{First: 2}, []string{"0-0", "0-1"}},
		{"first n of a method", Selector{First: 2, Methods: []string{"GET"}}, []string{"0-1", "0-3"}},
		{"window not open yet", Selector{Window: Window{From: time.Second}}, nil},
		{"never", Selector{Probability: new(Probability)}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := NewPlan(1, Link, []Fault{{Effect: Reset, Point: AfterForward, Selector: tt.sel}})
			if got := fate(p, AfterForward, 6, 1); !slices.Equal(got, tt.want) {
				t.Errorf("struck %v, want %v", got, tt.want)
			}
			if got := fate(p, BeforeForward, 6, 1); got != nil {
				t.Errorf("struck %v at a point without a fault", got)
			}
		})
	}
}

func TestWindows(t *testing.T) {
	ms := time.Millisecond
	for _, tt := range []struct {
		sel  Selector
		open []time.Duration
		shut []time.Duration
	}{
		{Selector{}, []time.Duration{0, time.Hour}, nil},
		{Selector{Window: Window{From: 10 * ms}}, []time.Duration{10 * ms, time.Hour}, []time.Duration{0, 9 * ms}},
		{Selector{Window: Window{For: 5 * ms}}, []time.Duration{0, 4 * ms}, []time.Duration{5 * ms}},
		{Selector{Window: Window{From: 10 * ms, For: 5 * ms}}, []time.Duration{10 * ms, 14 * ms}, []time.Duration{9 * ms, 15 * ms}},
		{Selector{Window: Window{From: 10 * ms, For: 5 * ms, Every: 20 * ms}}, []time.Duration{10 * ms, 31 * ms}, []time.Duration{5 * ms, 16 * ms, 36 * ms}},
	} {
		for _, at := range tt.open {
			if !tt.sel.Active(at) {
				t.Errorf("%+v: shut at %v", tt.sel, at)
			}
		}
		for _, at := range tt.shut {
			if tt.sel.Active(at) {
				t.Errorf("%+v: open at %v", tt.sel, at)
			}
		}
	}
}

func TestTheDoorTurnsWhereTheWindowDoes(t *testing.T) {
	const s = time.Second
	for _, c := range []struct {
		name     string
		selector Selector
		at, want time.Duration
		ok       bool
	}{
		{"before it", Selector{Window: Window{From: 5 * s, For: s}}, 2 * s, 5 * s, true},
		{"before the epoch", Selector{Window: Window{For: s}}, -s, 0, true},
		{"as it opens", Selector{Window: Window{From: 5 * s, For: s}}, 5 * s, 6 * s, true},
		{"within", Selector{Window: Window{For: s}}, s / 2, s, true},
		{"as it shuts", Selector{Window: Window{For: s}}, s, 0, false},
		{"without end", Selector{Window: Window{From: s}}, 2 * s, 0, false},
		{"between two", Selector{Window: Window{From: s, For: s, Every: 5 * s}}, 3 * s, 6 * s, true},
		{"in the third", Selector{Window: Window{From: s, For: s, Every: 5 * s}}, 11*s + s/2, 12 * s, true},
		{"as the third shuts", Selector{Window: Window{From: s, For: s, Every: 5 * s}}, 12 * s, 16 * s, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := c.selector.NextChange(c.at)
			if got != c.want || ok != c.ok {
				t.Errorf("next change after %v: %v %t, want %v %t", c.at, got, ok, c.want, c.ok)
			}
			if ok && c.selector.Active(got) == c.selector.Active(got-1) {
				t.Errorf("nothing changes at %v", got)
			}
		})
	}
}

func TestRecoveryIsMeasuredFromWindowsThatEnd(t *testing.T) {
	fs := []Fault{
		{Effect: Refuse, Selector: Selector{Window: Window{From: time.Second, For: time.Second}}},
		{Effect: Reset, Selector: Selector{Window: Window{From: time.Second}}},
		{Effect: Reset, Selector: Selector{Window: Window{For: time.Second, Every: 2 * time.Second}}},
	}
	if got := Ends(fs); !slices.Equal(got, []time.Duration{2 * time.Second}) {
		t.Errorf("ends = %v", got)
	}
}

func TestToxicityIsDrawnPerConnectionFromTheSeed(t *testing.T) {
	fs := []Fault{{Toxic: &Toxic{Type: "latency", Toxicity: .25}}, {Toxic: &Toxic{Type: "slicer", Toxicity: 1}}}
	draw := func(seed uint64) (got []int) {
		p := NewPlan(seed, Link, fs)
		for c := range 1000 {
			got = append(got, len(p.Toxics(c+1)))
		}
		return got
	}
	first := draw(3)
	if !slices.Equal(first, draw(3)) {
		t.Error("a second run draws other connections")
	}
	latency := 0
	for _, n := range first {
		latency += n - 1
	}
	// Binomial(1000, 0.25): five standard deviations are 68.
	if latency < 250-68 || latency > 250+68 {
		t.Errorf("%d of 1000 connections got a toxic of toxicity 25%%", latency)
	}
}

func TestIdlePicksTheShortestTime(t *testing.T) {
	p := NewPlan(1, Device, []Fault{
		{Effect: Close, Point: Idle, Delay: After(50 * time.Millisecond)},
		{Effect: Reset, Point: Idle, Delay: After(20 * time.Millisecond)},
	})
	if wait, ok := p.Idle(Event{Connection: 1}); !ok || wait != 20*time.Millisecond {
		t.Errorf("idle = %v, %v", wait, ok)
	}
	if _, ok := NewPlan(1, Device, nil).Idle(Event{}); ok {
		t.Error("an empty plan has an idle time")
	}
}

func BenchmarkAt(b *testing.B) {
	p := NewPlan(1, Link, []Fault{{Effect: Reset, Point: AfterForward, Selector: Selector{Probability: tenPercent()}}})
	e := Event{Command: "3-1234", Method: "PUT", Attempt: 1, Connection: 3}
	for b.Loop() {
		p.At(AfterForward, e)
	}
}
