package device

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"rstorm/faults"
	"rstorm/kernel"
	"rstorm/kernel/kerneltest"
	"rstorm/results"
)

// silenced makes the fault that silences a connection at p.
func silenced(e faults.Effect, p faults.Point) faults.Fault {
	f := faults.Fault{Effect: e, Point: p}
	switch p {
	case faults.Idle:
		f.Delay = faults.After(time.Millisecond)
		f.Methods = []string{"PUT"} // not on a connection that had no request yet
	case faults.Response:
		f.Bytes = 5
	}
	return f
}

// until sends a PUT, unless the fault strikes before, and reads what still
// comes when it strikes at p.
func (c *client) until(p faults.Point) {
	c.t.Helper()
	if p != faults.Connect {
		c.send(put("0-1"))
	}
	switch p {
	case faults.AfterResponse, faults.Idle:
		if r := c.receive("PUT"); r.StatusCode != 200 {
			c.t.Errorf("answer %+v", r.Response)
		}
	case faults.Response:
		for line := ""; line != "\r\n"; {
			var err error
			if line, err = c.in.ReadString('\n'); err != nil {
				c.t.Fatal(err)
			}
		}
		if _, err := c.in.Discard(5); err != nil {
			c.t.Fatal(err)
		}
	}
}

// reached is how often the PUT was executed when a fault strikes at p.
func reached(p faults.Point) int {
	switch p {
	case faults.Connect, faults.Request, faults.BeforeForward:
		return 0
	}
	return 1
}

// mustHearNothing demands that neither byte, FIN nor RST has come.
func (c *client) mustHearNothing() {
	c.t.Helper()
	if why, err := untilGone(c.t.Context(), c.TCPConn, 1); !errors.Is(err, os.ErrDeadlineExceeded) || c.in.Buffered()+unread(c.TCPConn) > 0 {
		c.t.Errorf("the client met %q, %v, and %d bytes", why, err, c.in.Buffered()+unread(c.TCPConn))
	}
}

// inTheDark returns when the n-th connection is in a black hole.
func inTheDark(t *testing.T, d *Device, n int) {
	t.Helper()
	eventually(t, "the black hole", func() bool {
		d.roster.mu.Lock()
		c := d.roster.open[n]
		d.roster.mu.Unlock()
		return c != nil && c.dark.Load()
	})
}

func TestABlackHoleAtEveryPoint(t *testing.T) {
	t.Parallel() // it waits for the kernel
	if !kerneltest.Private(t) {
		return
	}
	for _, p := range pointsOf(faults.BlackHole) {
		t.Run(string(p), func(t *testing.T) {
			resets := kerneltest.OutRsts(t)
			d := switchOn(t, Profile{Faults: []faults.Fault{silenced(faults.BlackHole, p)}})
			c := dial(t, d)
			c.until(p)
			inTheDark(t, d, 1)
			before := kerneltest.Counter(t, "RetransSegs")
			c.send(put("0-2"))
			eventually(t, "a retransmission", func() bool { return kerneltest.Counter(t, "RetransSegs") > before })
			now, cancel := context.WithCancel(t.Context())
			cancel()
			if err := kernel.Acknowledged(now, c); !errors.Is(err, context.Canceled) {
				t.Errorf("the second request was acknowledged: %v", err)
			}
			c.mustHearNothing()
			if executions(d, "0-1") != reached(p) || executions(d, "0-2") != 0 {
				t.Errorf("ledger %+v", d.Ledger())
			}

			// Even the device's end is silent, but for what the client sends again.
			if err := d.Close(); err != nil {
				t.Error(err)
			}
			if got := d.Connections()[0]; got.Ended != Shutdown {
				t.Errorf("connection %+v", got)
			}
			if received, end := c.rest(); received != "" || !errors.Is(end, errReset) {
				t.Errorf("the client read %q, %v, want ECONNRESET", received, end)
			}
			if sent := kerneltest.OutRsts(t) - resets; sent != 1 {
				t.Errorf("the kernel sent %d RST, want one for the retransmission", sent)
			}
		})
	}
}

func TestABlackHoleHeals(t *testing.T) {
	if !kerneltest.Private(t) {
		return
	}
	for _, p := range pointsOf(faults.BlackHole) {
		if p == faults.Idle {
			continue // its delay is the idle time
		}
		t.Run(string(p), func(t *testing.T) {
			f := silenced(faults.BlackHole, p)
			f.Delay = faults.After(time.Millisecond)
			d := switchOn(t, Profile{Faults: []faults.Fault{f}})
			c := dial(t, d)
			for _, id := range []string{"0-1", "0-2"} {
				if r := c.do(put(id)); r.StatusCode != 200 || executions(d, id) != 1 {
					t.Errorf("%s: status %d, executed %d times", id, r.StatusCode, executions(d, id))
				}
			}
			c.Close()
			if got := ended(t, d, 1); got.Ended != ClientClosed || got.Exchanges != 2 {
				t.Errorf("connection %+v", got)
			}
		})
	}
}

func TestABlackHoleDoesNotSeeItsClientGo(t *testing.T) {
	if !kerneltest.Private(t) {
		return
	}
	d := switchOn(t, Profile{Faults: []faults.Fault{silenced(faults.BlackHole, faults.AfterResponse)}})
	c := dial(t, d)
	c.do(put("0-1"))
	inTheDark(t, d, 1)
	before := kerneltest.Counter(t, "RetransSegs")
	c.Close()
	eventually(t, "a second FIN", func() bool { return kerneltest.Counter(t, "RetransSegs") > before })
	if got := d.Connections()[0]; got.Ended != "" {
		t.Errorf("connection %+v, want it open", got)
	}
}

func TestABlackHoleMayBeDrawnAsNothing(t *testing.T) {
	if !kerneltest.Private(t) {
		return
	}
	d := switchOn(t, Profile{Faults: []faults.Fault{{Effect: faults.BlackHole, Point: faults.AfterForward, Delay: mustDelay(t, "uniform(0s, 1ns)")}}})
	c := dial(t, d)
	for range 8 {
		c.do(put("0-1"))
	}
}

// vanishing starts a device whose connections vanish at p, and says when one
// is gone.
func vanishing(t *testing.T, p faults.Point, speaks results.Protocol) (*Device, <-chan Connection) {
	t.Helper()
	return switchOnTelling(t, speaks, Profile{Faults: []faults.Fault{silenced(faults.Vanish, p)}})
}

func TestVanishAtEveryPoint(t *testing.T) {
	if !kerneltest.Private(t) {
		return
	}
	for _, p := range pointsOf(faults.Vanish) {
		t.Run(string(p), func(t *testing.T) {
			resets := kerneltest.OutRsts(t)
			d, gone := vanishing(t, p, results.HTTP)
			c := dial(t, d)
			c.until(p)
			got := next(t, gone)
			if got.Ended != "vanish at "+Ending(p) || got.Unread != 0 {
				t.Errorf("connection %+v", got)
			}
			c.mustHearNothing()
			if sent := kerneltest.OutRsts(t) - resets; sent != 0 {
				t.Errorf("vanishing sent %d RST", sent)
			}
			c.send(put("0-2"))
			if received, end := c.rest(); received != "" || !errors.Is(end, errReset) {
				t.Errorf("the client read %q, %v, want ECONNRESET", received, end)
			}
			if sent := kerneltest.OutRsts(t) - resets; sent != 1 {
				t.Errorf("the kernel sent %d RST, want one for the next segment", sent)
			}
			if executions(d, "0-1") != reached(p) || executions(d, "0-2") != 0 {
				t.Errorf("ledger %+v", d.Ledger())
			}
		})
	}
}

func TestWhatIsNotAcknowledgedDoesNotVanish(t *testing.T) {
	if !kerneltest.Private(t) {
		return
	}
	for _, s := range []struct {
		name  string
		end   func(*Device, *client) error
		ended Ending
	}{
		{"the device is switched off", func(d *Device, _ *client) error { return d.Close() }, Shutdown},
		{"the client resets", func(_ *Device, c *client) error { return errors.Join(c.SetLinger(0), c.Close()) }, ClientReset},
	} {
		t.Run(s.name, func(t *testing.T) {
			d, gone := vanishing(t, faults.AfterResponse, results.HTTP)
			c := dial(t, d)
			if _, err := kernel.BlackHole(c.TCPConn); err != nil {
				t.Fatal(err)
			}
			c.send(put("0-1"))
			eventually(t, "the execution", func() bool { return executions(d, "0-1") == 1 })
			if err := s.end(d, c); err != nil {
				t.Fatal(err)
			}
			if got := next(t, gone); got.Ended != s.ended {
				t.Errorf("connection %+v", got)
			}
		})
	}
}

func TestWhatHasEndedCanNotBeSilenced(t *testing.T) {
	for _, effect := range []faults.Effect{faults.BlackHole, faults.Vanish} {
		d := switchOn(t, Profile{}) // which must have nothing to say when it is switched off
		c := dial(t, d)
		eventually(t, "the connection", func() bool { return len(d.roster.all()) == 1 })
		on := d.roster.all()[0]
		on.end(plainly, Unexplained)
		if !effects[effect](on, faults.Strike{Fault: &faults.Fault{Effect: effect}}) {
			t.Errorf("%s: the connection goes on", effect)
		}
		c.mustEnd(io.EOF)
	}
}

func TestWhatTheMachineDoesNotAllowIsRefusedAtTheStart(t *testing.T) {
	for effect, can := range map[faults.Effect]func() error{faults.BlackHole: kernel.CanBlackHole, faults.Vanish: kernel.CanForget} {
		d, err := Start(Config{Profile: Profile{Faults: []faults.Fault{silenced(effect, faults.Idle)}}})
		if err == nil {
			err = d.Close()
		}
		if allowed := can(); (err == nil) != (allowed == nil) || err != nil && !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("%s: Start says %v, the machine %v", effect, err, allowed)
		}
	}
}

func TestAResetOfTheQueueNeedsAPrivateNetwork(t *testing.T) {
	if kernel.Isolated() {
		t.Skip("in a private network")
	}
	_, err := Start(Config{Profile: Profile{Faults: []faults.Fault{{Effect: faults.DropSYN, Point: faults.Connect, Then: faults.ThenReset}}}})
	if !errors.Is(err, errors.ErrUnsupported) || !strings.Contains(err.Error(), "drop-syn") {
		t.Errorf("Start: %v", err)
	}
}
