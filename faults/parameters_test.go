package faults

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestDelaysReadBackAsWritten(t *testing.T) {
	for _, s := range []string{"0s", "2.7ms", "uniform(1ms, 3ms)", "lognormal(2ms, 0.5)"} {
		var d Delay
		if err := d.UnmarshalText([]byte(s)); err != nil || d.String() != s {
			t.Errorf("%q reads as %q, %v", s, d, err)
		}
	}
}

func TestDelaysRefuseNonsense(t *testing.T) {
	for _, s := range []string{"", "5", "-1ms", "25h", "uniform(3ms, 1ms)", "uniform(1ms)", "uniform(1ms, 3ms", "gauss(1ms, 2ms)",
		"lognormal(2ms, 0)", "lognormal(0s, 1)", "lognormal(2ms, NaN)", "lognormal(2ms, 1ms)", "2.7 parsecs", "9999999h"} {
		var d Delay
		if err := d.UnmarshalText([]byte(s)); err == nil {
			t.Errorf("%q reads as %v", s, d)
		}
	}
}

func TestADelayThatYAMLHasCutSaysSo(t *testing.T) {
	var d Delay
	if err := d.UnmarshalText([]byte("uniform(1ms")); err == nil || !strings.Contains(err.Error(), "in quotes") {
		t.Errorf("it reads as %v, %v", d, err)
	}
}

func TestDrawsFollowTheirDistribution(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, tt := range []struct {
		text      string
		low, high time.Duration
		median    time.Duration
	}{
		{"3ms", 3 * time.Millisecond, 3 * time.Millisecond, 3 * time.Millisecond},
		{"uniform(1ms, 3ms)", time.Millisecond, 3 * time.Millisecond, 2 * time.Millisecond},
		{"lognormal(2ms, 0.5)", 0, time.Hour, 2 * time.Millisecond},
	} {
		var d Delay
		if err := d.UnmarshalText([]byte(tt.text)); err != nil {
			t.Fatal(err)
		}
		draws := make([]time.Duration, 4001)
		for i := range draws {
			draws[i] = d.Draw(r)
		}
		slices.Sort(draws)
		if draws[0] < tt.low || draws[4000] > tt.high {
			t.Errorf("%s: drew %v to %v", tt.text, draws[0], draws[4000])
		}
		if got := draws[2000]; got < tt.median*95/100 || got > tt.median*105/100 || d.Median() != tt.median {
			t.Errorf("%s: median %v drawn, %v stated, want %v", tt.text, got, d.Median(), tt.median)
		}
	}
}

func TestProbabilitiesStayWithinTheirBounds(t *testing.T) {
	for s, want := range map[string]Probability{"5%": .05, "0%": 0, "100%": 1, "0.25": .25, "12.5 %": .125} {
		var p Probability
		if err := p.UnmarshalText([]byte(s)); err != nil || p != want {
			t.Errorf("%q = %v, %v", s, p, err)
		}
	}
	for _, s := range []string{"", "101%", "-1%", "1.5", "NaN", "Inf%", "five"} {
		var p Probability
		if err := p.UnmarshalText([]byte(s)); err == nil {
			t.Errorf("%q reads as %v", s, p)
		}
	}
}

func TestWaitIsNeverEarlyAndEndsWithItsContext(t *testing.T) {
	for _, d := range []time.Duration{0, 300 * time.Microsecond, 3 * time.Millisecond} {
		began := time.Now()
		if err := Wait(t.Context(), d); err != nil || time.Since(began) < d {
			t.Errorf("waited %v of %v: %v", time.Since(began), d, err)
		}
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("enough")
	cancel(why)
	if err := Wait(ctx, time.Hour); !errors.Is(err, why) {
		t.Errorf("err = %v", err)
	}
}

// A wait must not hold a thread: on two cores a third one would queue behind
// two of those. The bound is the time that they take one after the other.
func TestWaitsDoNotQueueBehindEachOther(t *testing.T) {
	const waits, each = 64, time.Millisecond
	var all sync.WaitGroup
	began := time.Now()
	for range waits {
		all.Go(func() {
			if err := Wait(t.Context(), each); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if took := time.Since(began); took > waits*each/2 {
		t.Errorf("%d waits of %v at once took %v", waits, each, took)
	}
}

func BenchmarkWait(b *testing.B) {
	for b.Loop() {
		if err := Wait(b.Context(), 100*time.Microsecond); err != nil {
			b.Fatal(err)
		}
	}
}
