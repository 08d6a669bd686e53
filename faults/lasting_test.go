package faults

import (
	"math"
	"slices"
	"testing"
	"time"
)

// sometimes is a window that opens after a second and lasts for ten.
var sometimes = Window{From: time.Second, For: 10 * time.Second}

func ramped(r Ramp) Window {
	w := sometimes
	w.Ramp = r
	return w
}

func TestADoseIsTakenWhileItsWindowIsOpen(t *testing.T) {
	p := NewPlan(1, Link, []Fault{{Toxic: &Toxic{Type: "slicer", Toxicity: 1, Window: sometimes}}, {Toxic: &Toxic{Type: "latency"}}})
	doses := p.Toxics(1)
	if len(doses) != 1 || doses[0].Type != "slicer" {
		t.Fatalf("doses %+v, want the one toxic whose toxicity is not 0", doses)
	}
	for at, want := range map[time.Duration]bool{0: false, time.Second: true, 10 * time.Second: true, 11 * time.Second: false} {
		if doses[0].On(at) != want {
			t.Errorf("at %v it is on: %t", at, !want)
		}
	}
}

// A ramp up gives a toxic to more and more connections, which keep it; a ramp
// down takes it from more and more, which do not get it again.
func TestARampOfToxicityMovesEachConnectionOnce(t *testing.T) {
	for _, ramp := range []Ramp{Up, Down} {
		p := NewPlan(2, Link, []Fault{{Toxic: &Toxic{Type: "latency", Toxicity: .5, Window: ramped(ramp)}}})
		var on [10]int // connections, by the second
		for c := range 2000 {
			for _, d := range p.Toxics(c + 1) {
				was := ramp == Down
				for i := range on {
					is := d.On(sometimes.From + time.Duration(i)*time.Second)
					if is {
						on[i]++
					}
					if is != was && is == (ramp == Down) {
						t.Errorf("ramp %s: connection %d is moved back after %d s", ramp, c+1, i)
					}
					was = is
				}
			}
		}
		for i, n := range on {
			want := 100 * i // half of 2000, times the ramp
			if ramp == Down {
				want = 1000 - want
			}
			// Binomial(2000, 0.5): five standard deviations are 112.
			if math.Abs(float64(n-want)) > 112 {
				t.Errorf("ramp %s: after %d s %d of 2000 connections have the toxic, want about %d", ramp, i, n, want)
			}
		}
	}
}

// lagging is a delay at passage, and the lags of n connections.
func lagging(s Selector, d Delay, n int) [][]*Lag {
	p := NewPlan(4, Link, []Fault{{Effect: Hold, Point: Passage, Delay: d, Selector: s}})
	all := make([][]*Lag, n)
	for i := range all {
		all[i] = p.Lags(i + 1)
	}
	return all
}

func TestALagIsAsStrongAsItsWindowSays(t *testing.T) {
	always := Probability(1)
	for _, tt := range []struct {
		name string
		s    Selector
		want map[time.Duration]float64
	}{
		{"without a window", Selector{}, map[time.Duration]float64{0: 1, time.Hour: 1}},
		{"in a window", Selector{Window: sometimes}, map[time.Duration]float64{0: 0, 2 * time.Second: 1, 11 * time.Second: 0}},
		{"up a ramp", Selector{Window: ramped(Up)}, map[time.Duration]float64{time.Second: 0, 2 * time.Second: .1, 6 * time.Second: .5, 12 * time.Second: 0}},
		{"down a ramp", Selector{Window: ramped(Down)}, map[time.Duration]float64{time.Second: 1, 6 * time.Second: .5}},
		// The ramp scales the chance, and the delay is whole.
		{"down a ramp of the chance", Selector{Probability: &always, Window: ramped(Down)}, map[time.Duration]float64{time.Second: 1, 11 * time.Second: 0}},
	} {
		lag := lagging(tt.s, After(time.Second), 1)[0][0]
		for at, want := range tt.want {
			if got := lag.Strength(at); got != want {
				t.Errorf("%s: strength %v at %v, want %v", tt.name, got, at, want)
			}
		}
	}
}

func TestARampOfTheChanceLagsMoreAndMoreConnections(t *testing.T) {
	always := Probability(1)
	var lagged [10]int // connections, by the second
	for _, lags := range lagging(Selector{Probability: &always, Window: ramped(Up)}, After(time.Second), 1000) {
		for i := range lagged {
			switch lags[0].Strength(time.Second + time.Duration(i)*time.Second) {
			case 1:
				lagged[i]++
			case 0:
			default:
				t.Fatal("the ramp scales the delay, although there is a chance to scale")
			}
		}
	}
	for i, n := range lagged { // Binomial(1000, i/10): five standard deviations are at most 80
		if want := 100 * i; math.Abs(float64(n-want)) > 80 {
			t.Errorf("after %d s %d of 1000 connections lag, want about %d", i, n, want)
		}
	}
}

// A connection spends one of First when it first lags, and no other later.
func TestTheFirstConnectionsThatLagAreCounted(t *testing.T) {
	lags := lagging(Selector{First: 2, Window: sometimes}, After(time.Second), 4)
	lags[3][0].Strength(0) // the window is shut: nothing is spent
	for range 3 {
		for i, want := range []float64{1, 1, 0, 0} {
			if got := lags[i][0].Strength(2 * time.Second); got != want {
				t.Errorf("connection %d: strength %v, want %v", i+1, got, want)
			}
		}
	}
}

func TestLagsAreSelectedByConnectionAndDrawnFromTheSeed(t *testing.T) {
	half := Probability(.5)
	for i, lags := range lagging(Selector{Connections: []int{2}}, After(time.Second), 3) {
		if got := len(lags) > 0; got != (i == 1) {
			t.Errorf("connection %d can lag: %t", i+1, got)
		}
	}
	count := 0
	for _, lags := range lagging(Selector{Probability: &half}, After(time.Second), 1000) {
		count += len(lags)
	}
	if math.Abs(float64(count)-500) > 80 { // Binomial(1000, 0.5): five standard deviations are 79
		t.Errorf("%d of 1000 connections can lag, want about 500", count)
	}
	var uneven Delay
	if err := uneven.UnmarshalText([]byte("uniform(1ms, 1h)")); err != nil {
		t.Fatal(err)
	}
	draws := func(connection int, s Stream) (all []time.Duration) {
		lag := lagging(Selector{}, uneven, connection)[connection-1][0]
		for range 5 {
			lag.Draw(Upstream) // the other direction does not shift it
			all = append(all, lag.Draw(s))
		}
		return all
	}
	down := draws(1, Downstream)
	if again := draws(1, Downstream); !slices.Equal(down, again) {
		t.Error("a second run draws other delays")
	}
	for what, other := range map[string][]time.Duration{"another connection": draws(2, Downstream), "the other way": draws(1, Upstream)} {
		if slices.Equal(down, other) {
			t.Errorf("%s draws the same delays", what)
		}
	}
}

func TestALagConcernsItsDirection(t *testing.T) {
	for s, want := range map[Stream][2]bool{"": {true, true}, Upstream: {true, false}, Downstream: {false, true}} {
		l := Lag{Fault: &Fault{Stream: s}}
		if got := [2]bool{l.Concerns(Upstream), l.Concerns(Downstream)}; got != want {
			t.Errorf("a lag of %q concerns up and down: %v", s, got)
		}
	}
}
