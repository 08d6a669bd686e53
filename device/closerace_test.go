package device

import (
	"errors"
	"io"
	"strings"
	"syscall"
	"testing"
	"time"

	"rstorm/faults"
	"rstorm/results"
)

// closesSilently is the field case: service time 20 ms, and 2.7 ms after the
// answer the device closes without having said so.
func closesSilently(effect faults.Effect, then faults.Then) Profile {
	return Profile{
		ServiceTime: faults.After(20 * time.Millisecond),
		Faults:      []faults.Fault{{Effect: effect, Point: faults.AfterResponse, Delay: faults.After(2700 * time.Microsecond), Then: then}},
	}
}

// The four shapes of the field case on loopback: the request comes before or
// after the close, which is a plain one or shows its FIN.
var closings = []struct {
	name   string
	effect faults.Effect
	then   faults.Then
	before error // what a request in flight gets
	ended  Ending
}{
	{"plain", faults.Close, "", errReset, "close at after-response"},
	{"FIN then close", faults.HalfClose, faults.ThenClose, io.EOF, "half-close at after-response"},
}

func TestARequestBeforeTheCloseLiesUnreadAndIsLost(t *testing.T) {
	for _, s := range closings {
		t.Run(s.name, func(t *testing.T) {
			g := newGate()
			d := switchOnWith(t, closesSilently(s.effect, s.then), g.clock())
			c := dial(t, d)
			c.send(put("0-1"))
			if w := g.arrive(t); w != 20*time.Millisecond {
				t.Errorf("service time %v", w)
			}
			g.open(t)
			if r := c.receive("PUT"); r.Close {
				t.Error("the close was announced")
			}
			if w := g.arrive(t); w != 2700*time.Microsecond {
				t.Errorf("close delay %v", w)
			}
			request := get("0-2")
			c.send(request)
			lying(t, d, 1, len(request))
			g.open(t)
			c.mustEnd(s.before)
			got := ended(t, d, 1)
			if got.Ended != s.ended || got.Unread != len(request) || got.Exchanges != 1 {
				t.Errorf("connection %+v, want %q with %d unread", got, s.ended, len(request))
			}
			if executions(d, "0-1") != 1 || executions(d, "0-2") != 0 {
				t.Errorf("ledger %+v", d.Ledger())
			}
		})
	}
}

func TestARequestAfterTheCloseMeetsEndOfFileAndThenABrokenPipe(t *testing.T) {
	for _, s := range closings {
		t.Run(s.name, func(t *testing.T) {
			p := closesSilently(s.effect, s.then)
			p.ServiceTime = faults.Delay{}
			d, closed := switchOnTelling(t, results.HTTP, p)
			c := dial(t, d)
			c.do(put("0-1"))
			if got := next(t, closed); got.Ended != s.ended || got.Unread != 0 {
				t.Errorf("connection %+v, want %q with nothing unread", got, s.ended)
			}
			c.send(get("0-2")) // the kernel takes it, and gets a RST for it
			c.mustEnd(io.EOF)
			if _, err := io.WriteString(c, get("0-3")); !errors.Is(err, syscall.EPIPE) {
				t.Errorf("second write: %v, want EPIPE", err)
			}
			if len(d.Ledger()) != 1 {
				t.Errorf("ledger %+v", d.Ledger())
			}
		})
	}
}

func TestTheFieldCaseLosesTheSecondCommandAtAnyGap(t *testing.T) {
	d := switchOn(t, closesSilently(faults.HalfClose, faults.ThenClose))
	for i, gap := range []time.Duration{0, 2200 * time.Microsecond, 5 * time.Millisecond} {
		c := dial(t, d)
		c.do(put("0-1"))
		if err := faults.Wait(t.Context(), gap); err != nil {
			t.Fatal(err)
		}
		// Whether this write, or the reading after it, reports the loss is timing.
		_, err := io.WriteString(c, get("0-2"))
		if err == nil {
			_, err = c.rest()
		}
		if !errors.Is(err, io.EOF) && !errors.Is(err, errReset) && !errors.Is(err, syscall.EPIPE) {
			t.Errorf("gap %v: %v", gap, err)
		}
		if got := ended(t, d, i+1); got.Exchanges != 1 || executions(d, "0-2") != 0 {
			t.Errorf("gap %v: connection %+v, second command executed %d times", gap, got, executions(d, "0-2"))
		}
	}
}

func TestAHalfClosedConnectionStaysUnreadUntilTheClientGoes(t *testing.T) {
	for _, c := range []struct {
		name string
		go_  func(*client)
	}{
		{"closes", func(c *client) { c.Close() }},
		{"resets", (*client).reset},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := switchOn(t, Profile{Faults: []faults.Fault{{Effect: faults.HalfClose, Point: faults.AfterResponse}}})
			conn := dial(t, d)
			conn.do(put("0-1"))
			conn.mustEnd(io.EOF)
			request := get("0-2")
			conn.send(request)
			lying(t, d, 1, len(request))
			if got := d.Connections()[0]; got.Ended != "" || got.Closed != 0 || got.Unread != -1 {
				t.Errorf("before the client goes: %+v", got)
			}
			c.go_(conn)
			if got := ended(t, d, 1); got.Ended != "half-close at after-response" || got.Unread != len(request) {
				t.Errorf("connection %+v, want %d unread", got, len(request))
			}
		})
	}
}

func TestHalfCloseThenReset(t *testing.T) {
	d, closed := switchOnTelling(t, results.HTTP, closesSilently(faults.HalfClose, faults.ThenReset))
	c := dial(t, d)
	c.do(put("0-1"))
	c.mustEnd(io.EOF)
	next(t, closed)
	if _, err := io.WriteString(c, get("0-2")); !errors.Is(err, syscall.EPIPE) {
		t.Errorf("first write after the RST: %v, want EPIPE", err)
	}
}

func TestADrainedCommandVanishesWithoutAReset(t *testing.T) {
	d := switchOn(t, Profile{Faults: []faults.Fault{{Effect: faults.Drain, Point: faults.AfterResponse}}})
	c := dial(t, d)
	c.do(put("0-1"))
	c.mustEnd(io.EOF)
	// A connection that was reset takes one more write at most.
	lost := put("0-2", "Content-Length: 99999") + strings.Repeat("x", 99999)
	for i := range 3 {
		c.send(lost)
		eventually(t, "the loss of the command", func() bool {
			return d.Connections()[0].Discarded == int64((i+1)*len(lost))
		})
	}
	c.Close()
	if got := ended(t, d, 1); got.Ended != "drain at after-response" || got.Unread != 0 || len(d.Ledger()) != 1 {
		t.Errorf("connection %+v, ledger %+v", got, d.Ledger())
	}
}

func TestALingeringCloseHasAnEnd(t *testing.T) {
	for _, s := range []struct {
		name   string
		bounds bounds
		client func(*client) // until the device has enough
	}{
		{"of a client that is silent for long", bounds{silence: time.Millisecond, linger: time.Hour}, func(*client) {}},
		{"of a client that sends for ever", bounds{silence: time.Hour, linger: 10 * time.Millisecond}, func(c *client) {
			for sent := error(nil); sent == nil; {
				_, sent = io.WriteString(c, "more")
			}
		}},
	} {
		t.Run(s.name, func(t *testing.T) {
			d := switchOnConfigured(t, Config{bounds: s.bounds, Profile: Profile{
				Faults: []faults.Fault{{Effect: faults.Drain, Point: faults.AfterResponse}},
			}}, clock{now: sinceNow(), wait: faults.Wait})
			c := dial(t, d)
			c.do(put("0-1"))
			c.mustEnd(io.EOF)
			s.client(c)
			if got := ended(t, d, 1); got.Ended != "drain at after-response" || executions(d, "0-1") != 1 {
				t.Errorf("connection %+v", got)
			}
		})
	}
}
