package link

import (
	"testing"
	"time"

	"rstorm/faults"
)

// day is a window of a day with a ramp up.
var day = faults.Window{For: 24 * time.Hour, Ramp: faults.Up}

// openAt opens a link with f when so much of the trial is over.
func openAt(t *testing.T, at time.Duration, f faults.Fault) *Link {
	t.Helper()
	f.Complete(faults.Link)
	l, err := Open(Config{Device: quietly(t), Faults: []faults.Fault{f}, Seed: 7, Epoch: time.Now().Add(-at)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeLink(t, l) })
	return l
}

// A ramp scales the chance of a fault, and of a toxic: about half the
// connections get what all would get at its top.
func TestARampStrikesAsOftenAsItsHeightSays(t *testing.T) {
	const n = 200
	always := faults.Probability(1)
	for name, row := range map[string]struct {
		f      faults.Fault
		struck func(Connection) bool
	}{
		"an effect": {faults.Fault{Effect: faults.Reset, Point: faults.AfterForward, Selector: faults.Selector{Probability: &always, Window: day}},
			func(c Connection) bool { return c.Injected == "reset at after-forward" }},
		"a delay at passage": {faults.Fault{Effect: faults.Hold, Point: faults.Passage, Delay: faults.After(time.Millisecond), Selector: faults.Selector{Probability: &always, Window: day}},
			func(c Connection) bool { return len(c.Strikes) == 1 }},
		"a toxic": {in(toxic(resetPeer, faults.Downstream, nil), day), func(c Connection) bool { return c.Injected == resetPeer }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := openAt(t, day.For/2, row.f)
			for range n {
				c := call(t, l.Addr(), nil)
				c.say("GET / HTTP/1.1\r\nHost: device\r\n\r\n") // without an id the connection decides
				c.CloseWrite()
				c.drain()
				c.Close()
			}
			struck := 0
			for _, c := range closeLink(t, l) {
				if row.struck(c) {
					struck++
				}
			}
			// Binomial(200, 0.5): five standard deviations are 35.
			if struck < n/2-35 || struck > n/2+35 {
				t.Errorf("%d of %d were struck, want about half", struck, n)
			}
		})
	}
}

// Without a chance to scale, a ramp scales the delay: at its foot one of an
// hour is short, and grows from command to command.
func TestARampDelaysAsMuchAsItsHeightSays(t *testing.T) {
	const top = time.Hour
	for _, point := range []faults.Point{faults.Passage, faults.AfterForward} {
		t.Run(string(point), func(t *testing.T) {
			t.Parallel()
			l := openAt(t, time.Second, faults.Fault{Effect: faults.Hold, Point: point, Delay: faults.After(top), Selector: faults.Selector{Window: day}})
			c := call(t, l.Addr(), nil)
			defer c.Close()
			for range 3 {
				least := time.Duration(day.Intensity(l.since()) * float64(top))
				began := time.Now()
				c.say(request("0-0"))
				c.take(answer)
				if took := time.Since(began); took < least {
					t.Errorf("a command took %v, less than the delay of %v", took, least)
				}
			}
		})
	}
}
