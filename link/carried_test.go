package link

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"syscall"
	"testing"
	"time"

	"rstorm/faults"
	"rstorm/kernel"
	"rstorm/results"
)

// sample is a fault of e at p that strikes the first command, or before it.
func sample(e faults.Effect, p faults.Point) faults.Fault {
	f := faults.Fault{Effect: e, Point: p}
	switch p {
	case faults.Response:
		f.Bytes = 4
	case faults.Request:
		f.Bytes = 2
	case faults.Idle:
		f.Delay, f.Attempts = faults.After(20*time.Millisecond), []int{1} // not before the first command
	}
	switch e {
	case faults.Status:
		f.Code = 503
	case faults.Hold:
		f.Delay = faults.After(time.Millisecond)
	}
	return f
}

// opening is what a client says that is to meet a fault at p.
func opening(p faults.Point) string {
	if p == faults.Handshake {
		return hello
	}
	return request("0-0")
}

// linkPoints returns the points at which the link can carry e out.
func linkPoints(e faults.Effect) []faults.Point {
	i := slices.IndexFunc(faults.Effects, func(k faults.Kind) bool { return k.Effect == e })
	return faults.Effects[i].Link
}

// What the table promises is done: each effect of the link strikes at each of
// its points.
func TestEveryEffectStrikesAtEveryPointOfTheTable(t *testing.T) {
	for _, kind := range faults.Effects {
		for _, point := range kind.Link {
			if point == faults.Packet {
				continue // package packet carries it out
			}
			t.Run(fmt.Sprintf("%s at %s", kind.Effect, point), func(t *testing.T) {
				t.Parallel()
				lacking(t, kind.Effect)
				l := openLink(t, startDevice(t, answering(make(chan string, 1), point == faults.OnFIN)), sample(kind.Effect, point))
				defer l.Close(past())
				c, err := net.DialTimeout("tcp", l.Addr(), giveUp)
				if kind.Effect == faults.Refuse {
					if !errors.Is(err, syscall.ECONNREFUSED) {
						t.Errorf("dialling met %v, want ECONNREFUSED", err)
					}
					return
				}
				if err == nil {
					defer c.Close()
					c.Write([]byte(opening(point))) // a RST may be faster
				}
				want := fmt.Sprintf("%s at %s", kind.Effect, point)
				eventually(t, want, func() bool { return slices.Contains(strikes(l), want) })
			})
		}
	}
}

// lacking skips a test of what this machine can't do.
func lacking(t *testing.T, e faults.Effect) {
	t.Helper()
	var err error
	switch e {
	case faults.DropSYN:
		t.Skip("there is nothing to log: its tests look at the handshake")
	case faults.BlackHole:
		err = kernel.CanBlackHole()
	case faults.Vanish:
		err = kernel.CanForget()
	}
	if err != nil {
		t.Skip(err)
	}
}

// strikes are the faults that have been carried out on l's connections, open
// or not.
func strikes(l *Link) (all []string) {
	logs := l.Log()
	for _, r := range l.relays() {
		r.mu.Lock()
		logs = append(logs, Connection{Strikes: slices.Clone(r.log.Strikes)})
		r.mu.Unlock()
	}
	for _, c := range logs {
		for _, s := range c.Strikes {
			all = append(all, s.Fault)
		}
	}
	return all
}

// Every way to end a connection has its row in the table of endings, which says
// what client and device see.
func TestEveryEndingIsTested(t *testing.T) {
	for _, kind := range faults.Effects {
		if !kind.Ends || kind.Effect == faults.Vanish { // that ends in silence, and has a test of its own
			continue
		}
		for _, point := range kind.Link {
			if !slices.ContainsFunc(endings, func(row endingRow) bool { return row.effect == kind.Effect && row.point == point }) {
				t.Errorf("no test for %s at %s", kind.Effect, point)
			}
		}
	}
}

// A reset at will has its row in the reset catalogue wherever it strikes, but
// behind a FIN, where that is a matter of what has passed.
func TestEveryResetHasItsCause(t *testing.T) {
	for _, point := range linkPoints(faults.Reset) {
		if cause := point.ResetCause(); results.IsCause(cause) == (point == faults.OnFIN) {
			t.Errorf("a reset at %s is of the cause %q", point, cause)
		}
	}
}
