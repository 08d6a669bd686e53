package link

import (
	"net"
	"testing"
	"time"

	"rstorm/faults"
	"rstorm/results"
)

// needKernelView skips a test where the link can't see what it has not read.
func needKernelView(t *testing.T) {
	t.Helper()
	if _, known := newDevice("127.0.0.1:1").listens(); !known {
		t.Skip("needs the kernel's view of a connection")
	}
}

// A client that leaves while its request is held has left first, though the
// link reads nothing more before it ends the connection itself.
func TestWhoLeavesWhileItsRequestIsHeldWasFirst(t *testing.T) {
	needKernelView(t)
	for name, row := range map[string]struct {
		leave func(*side)
		reset results.Origin
		cause string
	}{
		"with a FIN": {func(s *side) { s.Close() }, results.ByLink, "reset-before-response"},
		"with a RST": {(*side).reset, results.ByClient, "client-abort"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := openLink(t, quietly(t), faults.Fault{Effect: faults.Reset, Point: faults.BeforeForward, Delay: faults.After(time.Second)})
			c := call(t, l.Addr(), nil)
			c.say(request("0-0"))
			row.leave(c)
			log := closeLink(t, l)[0]
			if log.First != results.ByClient || log.Reset != row.reset || log.Cause != row.cause || log.Injected != "reset at before-forward" {
				t.Errorf("log: first %q, reset by %q, cause %q, injected %q", log.First, log.Reset, log.Cause, log.Injected)
			}
		})
	}
}

// A socket tells its RST to one caller only. Here it is the link's own garbage
// that meets it, while the reader is held: the reader must hear of it.
func TestARSTThatMeetsTheLinksOwnBytesIsPassedOn(t *testing.T) {
	needKernelView(t)
	saw := make(chan string, 1)
	l := openLink(t, startDevice(t, func(c *net.TCPConn) {
		d := newSide(t, c, nil)
		d.take(request("0-0"))
		d.say(answer)
		d.take(request("0-1"))
		d.drain()
		saw <- d.saw[0]
	}),
		faults.Fault{Effect: faults.Garbage, Point: faults.AfterForward, Delay: faults.After(500 * time.Millisecond), Selector: faults.Selector{Exchanges: []int{1}}},
		faults.Fault{Effect: faults.Hold, Point: faults.Request, Delay: faults.After(time.Second), Selector: faults.Selector{Exchanges: []int{2}}})
	c := call(t, l.Addr(), nil)
	c.say(request("0-0") + request("0-1"))
	c.reset()
	if got := <-saw; got != `"", ECONNRESET` {
		t.Errorf("the device saw %s, want the client's RST", got)
	}
	if log := closeLink(t, l)[0]; log.First != results.ByClient || log.Reset != results.ByClient || len(log.Strikes) != 2 {
		t.Errorf("log: %+v", log)
	}
}

// A stalled connection with a long way reads on, and sees who leaves.
func TestStallOnALongWayStillSeesWhoGivesUpFirst(t *testing.T) {
	l := openLink(t, quietly(t), faults.Fault{Effect: faults.Stall, Point: faults.AfterForward}, far("", faults.After(10*time.Millisecond)))
	c := call(t, l.Addr(), nil)
	c.say(request("0-0"))
	awaitStall(t, l)
	c.Close()
	r := l.relays()[0]
	eventually(t, "the link has seen the client leave", func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		return r.log.First == results.ByClient
	})
	l.Close(past())
}

// The link's own answer ends a request as the device's does: the connection is
// idle from then on.
func TestIdleCountsFromTheLinksOwnAnswer(t *testing.T) {
	for range 20 { // the watch once looked between the answer and its entry in the log
		l := openLink(t, quietly(t), unavailable(faults.Selector{}),
			faults.Fault{Effect: faults.Close, Point: faults.Idle, Delay: faults.After(5 * time.Millisecond), Selector: faults.Selector{Attempts: []int{1}}})
		c := call(t, l.Addr(), nil)
		c.say(request("0-0"))
		c.drain()
		c.Close()
		if log := closeLink(t, l)[0]; log.Injected != "close at idle" || log.Exchanges[0].Status != 503 {
			t.Fatalf("client saw %v; log: %+v", c.saw, log)
		}
	}
}
