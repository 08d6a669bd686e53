package device

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"rstorm/faults"
)

// Bodies of ten bytes, with what of them is on the wire behind the fifth.
var tens = []struct{ name, request, behind string }{
	{"by length", put("0-1", "Content-Length: 10") + "0123456789", "56789"},
	{"in chunks", put("0-1", "Transfer-Encoding: chunked") + "4\r\n0123\r\n6\r\n456789\r\n0\r\n\r\n", "56789\r\n0\r\n\r\n"},
	{"in tiny chunks", put("0-1", "Transfer-Encoding: chunked") + strings.Repeat("1\r\nx\r\n", 10) + "0\r\n\r\n", "\r\n" + strings.Repeat("1\r\nx\r\n", 5) + "0\r\n\r\n"},
	{"asking first", put("0-1", "Content-Length: 10", "Expect: 100-continue") + "0123456789", "56789"},
}

// within is a profile with a fault in the midst of the request's body.
func within(e faults.Effect, bytes int64) Profile {
	return Profile{Faults: []faults.Fault{{Effect: e, Point: faults.Request, Bytes: bytes}}}
}

func TestAFaultInTheMidstOfABodyLeavesTheRestUnread(t *testing.T) {
	for _, s := range tens {
		for _, e := range []faults.Effect{faults.Reset, faults.Close} {
			t.Run(s.name+" "+string(e), func(t *testing.T) {
				d := switchOn(t, within(e, 5))
				c := dial(t, d)
				c.send(s.request)
				if _, end := c.rest(); !errors.Is(end, errReset) {
					t.Errorf("ended with %v, want a reset", end)
				}
				want := Ending(e) + " at request"
				if got := ended(t, d, 1); got.Ended != want || got.Exchanges != 0 || got.Unread != len(s.behind) {
					t.Errorf("connection %+v, want %q with %d unread", got, want, len(s.behind))
				}
				if len(d.Ledger()) != 0 {
					t.Errorf("ledger %+v", d.Ledger())
				}
			})
		}
	}
}

func TestAtTheHeadTheWholeBodyLiesUnread(t *testing.T) {
	for _, s := range tens {
		_, body, _ := strings.Cut(s.request, "\r\n\r\n")
		d := switchOn(t, within(faults.Close, 0))
		c := dial(t, d)
		c.send(s.request)
		c.mustEnd(errReset) // nor was it asked for
		if got := ended(t, d, 1); got.Unread != len(body) {
			t.Errorf("%s: connection %+v, want %d unread", s.name, got, len(body))
		}
	}
}

func TestAFaultBeyondABodyStrikesWhenThatIsWhole(t *testing.T) {
	for _, s := range tens {
		d := switchOn(t, within(faults.Close, 11))
		c := dial(t, d)
		c.send(s.request)
		if _, end := c.rest(); end != io.EOF {
			t.Errorf("%s: ended with %v", s.name, end)
		}
		if got := ended(t, d, 1); got.Ended != "close at request" || got.Unread != 0 || len(d.Ledger()) != 0 {
			t.Errorf("%s: connection %+v, ledger %+v", s.name, got, d.Ledger())
		}
	}
}

func TestAStallInTheMidstOfABodyMayPass(t *testing.T) {
	for _, s := range tens {
		d := switchOn(t, Profile{Faults: []faults.Fault{{Effect: faults.Stall, Point: faults.Request, Bytes: 5, Delay: faults.After(time.Millisecond)}}})
		c := dial(t, d)
		c.send(s.request + get("0-2"))
		if strings.Contains(s.request, "Expect") {
			c.receive("PUT")
		}
		for _, method := range []string{"PUT", "GET"} {
			if r := c.receive(method); r.StatusCode != 200 {
				t.Errorf("%s: %s: answer %+v", s.name, method, r.Response)
			}
		}
	}
}

func TestFaultsInABodyFollowItsBytes(t *testing.T) {
	clock := new(diary)
	d := switchOnWith(t, Profile{Faults: []faults.Fault{
		{Effect: faults.Close, Point: faults.Request, Bytes: 7, Delay: faults.After(3)},
		{Effect: faults.Hold, Point: faults.Request, Bytes: 3, Delay: faults.After(2)},
		{Effect: faults.Hold, Point: faults.Request, Delay: faults.After(1)},
		{Effect: faults.Reset, Point: faults.Request, Bytes: 8, Delay: faults.After(4)},
	}}, clock.clock())
	c := dial(t, d)
	c.send(tens[0].request)
	c.mustEnd(errReset)
	if got := ended(t, d, 1); got.Ended != "close at request" || got.Unread != 3 || !slices.Equal(clock.noted(), []time.Duration{1, 2, 3}) {
		t.Errorf("connection %+v after waits %v", got, clock.noted())
	}
}

func TestARequestCountsOnceItsHeadIsRead(t *testing.T) {
	d := switchOn(t, Profile{Faults: []faults.Fault{{
		Effect: faults.Reset, Point: faults.Request, Bytes: 5,
		Selector: faults.Selector{Commands: []string{"0-1"}, Methods: []string{"PUT"}, Attempts: []int{1}},
	}}})
	c := dial(t, d)
	c.send(tens[0].request)
	c.mustEnd(errReset)
	dial(t, d).do(tens[0].request)
	if l := d.Ledger(); len(l) != 1 || l[0].Attempt != 2 || l[0].Connection != 2 {
		t.Errorf("ledger %+v, want the second attempt alone", l)
	}
}

func TestTheDeviceMayEndAfterSoManyRequests(t *testing.T) {
	for _, announce := range []bool{false, true} {
		d := switchOn(t, Profile{Faults: []faults.Fault{{
			Effect: faults.Close, Point: faults.AfterResponse, Announce: announce, Selector: faults.Selector{Exchanges: []int{3}},
		}}})
		for range 2 {
			c := dial(t, d)
			for i := range 3 {
				if r := c.do(put(fmt.Sprintf("0-%d", i))); r.Close != (announce && i == 2) {
					t.Errorf("answer %d: announced %t", i+1, r.Close)
				}
			}
			c.mustEnd(io.EOF)
		}
	}
}
