package device

import (
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"rstorm/faults"
	"rstorm/kernel/kerneltest"
	"rstorm/results"
)

// asking makes a connection that speaks what d does and sends a PUT on it,
// unless the fault strikes before. The answer is left unread.
func asking(t *testing.T, d *Device, p faults.Point) *client {
	t.Helper()
	switch {
	case p == faults.Connect:
		return dial(t, d)
	case d.speaks.HTTP2():
		peer := bareCall(t, d)
		peer.greet()
		peer.put(1, "0-1")
		return peer.client
	}
	c := dialOver(t, d)
	c.send(put("0-1"))
	return c
}

// everyProtocol runs a test for each protocol and each point of e, in one
// private network.
func everyProtocol(t *testing.T, e faults.Effect, test func(t *testing.T, speaks results.Protocol, p faults.Point)) {
	if !kerneltest.Private(t) {
		return
	}
	for _, name := range results.HTTP.Names() {
		for _, p := range pointsOf(e) {
			t.Run(name+" "+string(p), func(t *testing.T) { test(t, results.Protocol(name), p) })
		}
	}
}

func TestVanishOverEveryProtocol(t *testing.T) {
	everyProtocol(t, faults.Vanish, func(t *testing.T, speaks results.Protocol, p faults.Point) {
		resets := kerneltest.OutRsts(t)
		d, gone := vanishing(t, p, speaks)
		c := asking(t, d, p)
		if got := next(t, gone); got.Ended != "vanish at "+Ending(p) || executions(d, "0-1") != reached(p) {
			t.Errorf("connection %+v, ledger %+v", got, d.Ledger())
		}
		if sent := kerneltest.OutRsts(t) - resets; sent != 0 {
			t.Errorf("vanishing sent %d RST", sent)
		}
		if _, err := c.Write([]byte("the next segment")); err != nil {
			t.Error(err)
		}
		if _, err := io.Copy(io.Discard, c.TCPConn); !errors.Is(err, errReset) {
			t.Errorf("the client read %v, want ECONNRESET", err)
		}
		if sent := kerneltest.OutRsts(t) - resets; sent != 1 {
			t.Errorf("the kernel sent %d RST, want one for the next segment", sent)
		}
	})
}

func TestABlackHoleOverEveryProtocol(t *testing.T) {
	everyProtocol(t, faults.BlackHole, func(t *testing.T, speaks results.Protocol, p faults.Point) {
		resets := kerneltest.OutRsts(t)
		d := switchOnSpeaking(t, speaks, Profile{Faults: []faults.Fault{silenced(faults.BlackHole, p)}})
		c := asking(t, d, p)
		inTheDark(t, d, 1)
		if n := executions(d, "0-1"); n != reached(p) {
			t.Errorf("executed %d times, want %d", n, reached(p))
		}
		if _, err := c.Write([]byte("more")); err != nil {
			t.Error(err)
		}
		if why, err := untilGone(t.Context(), c.TCPConn, 1); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("the client met %q, %v", why, err)
		}
		if sent := kerneltest.OutRsts(t) - resets; sent != 0 {
			t.Errorf("the kernel sent %d RST", sent)
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
		if got := d.Connections()[0]; got.Ended != Shutdown || executions(d, "0-1") != reached(p) {
			t.Errorf("connection %+v, ledger %+v", got, d.Ledger())
		}
	})
}

func TestABlackHoleHealsOverEveryProtocol(t *testing.T) {
	everyProtocol(t, faults.BlackHole, func(t *testing.T, speaks results.Protocol, p faults.Point) {
		if p == faults.Idle {
			return // its delay is the idle time
		}
		f := silenced(faults.BlackHole, p)
		f.Delay = faults.After(time.Millisecond)
		d := switchOnSpeaking(t, speaks, Profile{Faults: []faults.Fault{f}})
		tr := transport(t, d)
		for _, id := range []string{"0-1", "0-2"} {
			answer, _, err := roundTrip(tr, newRequest(t, d, "PUT", id, strings.NewReader("on")))
			if err != nil || answer.StatusCode != 200 || executions(d, id) != 1 {
				t.Errorf("%s: %v, executed %d times", id, err, executions(d, id))
			}
		}
	})
}
