package link

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"rstorm/faults"
	"rstorm/results"
)

// past is a context that is over: a link closed with it aborts at once.
func past() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

// eventually waits until cond holds.
func eventually(t *testing.T, what string, cond func() bool) {
	t.Helper()
	for deadline := time.Now().Add(giveUp); !cond(); time.Sleep(100 * time.Microsecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never came true: %s", what)
		}
	}
}

func TestPauseHoldsBackWhatIsPassingAndLetsItGo(t *testing.T) {
	const pause = 60 * time.Millisecond
	for _, effect := range []faults.Effect{faults.Hold, faults.Stall} {
		for _, point := range linkPoints(effect) {
			switch point {
			case faults.Idle: // its delay is the idle time: the stall is for ever
				continue
			case faults.Handshake, faults.Passage, faults.Packet: // their tests are elsewhere
				continue
			}
			t.Run(string(effect)+" at "+string(point), func(t *testing.T) {
				t.Parallel()
				f := faults.Fault{Effect: effect, Point: point, Delay: faults.After(pause)}
				if point == faults.Response {
					f.Bytes = 4
				}
				got := make(chan string, 1)
				l := openLink(t, startDevice(t, answering(got, true)), f)
				began := time.Now()
				saw, end := ask(t, l.Addr(), request("0-0"))
				if took := time.Since(began); took < pause {
					t.Errorf("the exchange took %v, less than its pause of %v", took, pause)
				}
				if saw != answer || end != "EOF" {
					t.Errorf("client saw %q, %s; want %q, EOF", saw, end, answer)
				}
				if s, want := <-got, all+"closed"; s != want {
					t.Errorf("device got %s; want %s", s, want)
				}
				if c := closeLink(t, l)[0]; c.Injected != "" || c.First != results.ByDevice || c.Reset != "" {
					t.Errorf("log: injected %q, first %q, reset by %q; want only the device's FIN", c.Injected, c.First, c.Reset)
				}
			})
		}
	}
}

// A stalled connection is compared with a twin that calls later on the same
// link and is served: what has not come by then does not come.
func TestStallWithoutEndMovesNothing(t *testing.T) {
	for _, point := range linkPoints(faults.Stall) {
		if point == faults.Handshake {
			continue // its test is elsewhere
		}
		t.Run(string(point), func(t *testing.T) {
			t.Parallel()
			f := faults.Fault{Effect: faults.Stall, Point: point, Selector: faults.Selector{Connections: []int{1}}}
			passes := ""
			switch point {
			case faults.Response:
				f.Bytes, passes = 4, answerHead+"0123"
			case faults.AfterResponse, faults.OnFIN:
				passes = answer
			case faults.Idle:
				f.Delay = faults.After(20 * time.Millisecond)
			}
			got := make(chan string, 2)
			l := openLink(t, startDevice(t, answering(got, point == faults.OnFIN)), f)
			c := call(t, l.Addr(), nil)
			if point == faults.Idle {
				awaitStall(t, l) // before the first command
			}
			c.say(request("0-0"))
			c.take(passes)
			awaitStall(t, l)
			c.say(request("0-1")) // does not arrive either
			twin := call(t, l.Addr(), nil)
			twin.say(request("1-0"))
			twin.take(answer)
			twin.Close()

			if err := l.Close(past()); err != nil {
				t.Error(err)
			}
			c.drain()
			c.Close()
			if want := `"", ECONNRESET`; strings.Join(c.saw, "") != want {
				t.Errorf("the stalled client saw %v; want only the end of the link, %s", c.saw, want)
			}
			if log := l.Log(); len(log) != 2 || log[0].Reset != "" || log[0].Injected != "" {
				t.Errorf("log: %+v; want two connections, the first with no reset and nothing injected", log)
			}
		})
	}
}

// awaitStall waits until the link's first connection is stalled.
func awaitStall(t *testing.T, l *Link) {
	t.Helper()
	eventually(t, "the first connection is stalled", func() bool {
		for _, r := range l.relays() {
			if r.log.Number == 1 && r.valve.Load() != nil {
				return true
			}
		}
		return false
	})
}

func TestStallStillSeesWhoGivesUpFirst(t *testing.T) {
	needKernelView(t)
	for name, row := range map[string]struct {
		leave func(*side)
		reset results.Origin
	}{
		"a FIN": {func(s *side) { s.Close() }, ""},
		"a RST": {(*side).reset, results.ByClient},
	} {
		t.Run(name, func(t *testing.T) {
			l := openLink(t, startDevice(t, func(c *net.TCPConn) { c.Read(make([]byte, 1)) }), faults.Fault{Effect: faults.Stall, Point: faults.BeforeForward})
			c := call(t, l.Addr(), nil)
			c.say(request("0-0"))
			awaitStall(t, l)
			row.leave(c)
			r := l.relays()[0]
			eventually(t, "the link has seen the client leave", func() bool {
				r.mu.Lock()
				defer r.mu.Unlock()
				return r.log.First == results.ByClient && r.log.Reset == row.reset
			})
			l.Close(past())
		})
	}
}
