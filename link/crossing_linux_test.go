package link

import (
	"net"
	"strings"
	"testing"
	"time"

	"rstorm/faults"
	"rstorm/kernel/kerneltest"
	"rstorm/results"
)

// The field case: the device closes without saying so while the next request
// is under way. Neither could have known.
func TestFINAndRequestCross(t *testing.T) {
	const d = 300 * time.Millisecond
	closed := make(chan time.Duration, 1)
	cue := make(chan struct{})
	var l *Link
	l = openLink(t, startDevice(t, func(c *net.TCPConn) {
		dev := newSide(t, c, cue)
		dev.take(request("0-0"))
		dev.say(answer)
		dev.await()
		at := l.since()
		c.Close()
		closed <- at
	}), far("", faults.After(d)))
	c := call(t, l.Addr(), cue)
	c.say(request("0-0"))
	c.take(answer)
	c.signal()
	shut := <-closed
	eventually(t, "the FIN is under way", func() bool {
		r := l.relays()[0]
		r.mu.Lock()
		defer r.mu.Unlock()
		return r.log.FINRead >= 0
	})
	c.say(request("0-1"))
	c.drain()
	eventually(t, "the RST has come too", func() bool {
		_, _, err := kernelView(c.TCPConn)
		if err != nil {
			c.see("%s", errno(err))
		}
		return err != nil
	})
	c.Close()
	if want := `"", EOF EPIPE`; strings.Join(c.saw, " ") != want {
		t.Errorf("client saw %v; want the FIN, and behind it a RST", c.saw)
	}
	log := closeLink(t, l)[0]
	crossing := log.Exchanges[1]
	switch {
	case crossing.Read < log.FINRead || crossing.Read >= log.FINPassed:
		t.Errorf("the request left the client at %v; want it between the FIN's leaving the device, %v, and its arrival at the client, %v", crossing.Read, log.FINRead, log.FINPassed)
	case log.FINPassed-shut < d, crossing.Forwarded-crossing.Read < d:
		t.Errorf("the FIN was under way for %v and the request for %v; want at least %v", log.FINPassed-shut, crossing.Forwarded-crossing.Read, d)
	case log.ResetAt < log.FINRead+d/2: // the request it answers was half a way behind at least
		t.Errorf("the RST came at %v; want it behind the request, which was under way when the FIN came at %v", log.ResetAt, log.FINRead)
	}
	if log.First != results.ByDevice || log.Reset != results.ByDevice || log.Cause != "close-race" || log.Injected != "" {
		t.Errorf("log: first %q, reset by %q, cause %q, injected %q; want the device's close race", log.First, log.Reset, log.Cause, log.Injected)
	}
}

// The crossing of FIN and request makes two RSTs: the device's, and the one
// that the link passes on.
func TestACrossingMakesOneRSTOnEachLeg(t *testing.T) {
	if !kerneltest.Private(t) {
		return
	}
	before := kerneltest.OutRsts(t)
	TestFINAndRequestCross(t)
	if n := kerneltest.OutRsts(t) - before; n != 2 {
		t.Errorf("the kernel sent %d RSTs, want 2", n)
	}
}
