package link

import (
	"fmt"
	"net"
	"slices"
	"testing"
	"time"

	"rstorm/faults"
	"rstorm/results"
)

func TestHalfCloseEndsAsThenSays(t *testing.T) {
	for _, row := range []struct {
		then       faults.Then
		late       bool // the client writes on after the FIN
		want       []string
		reset      results.Origin
		wantCauses string
	}{
		{"", false, []string{`"", EOF`}, "", ""},
		{faults.ThenClose, false, []string{`"", EOF`}, "", ""},
		{faults.ThenClose, true, []string{`"", EOF`, "EPIPE"}, results.ByLink, causeUnknown},
		{faults.ThenReset, true, []string{`"", EOF`, "EPIPE"}, results.ByLink, "abort-after-response"},
	} {
		t.Run(fmt.Sprintf("then %q, late %t", row.then, row.late), func(t *testing.T) {
			t.Parallel()
			got := make(chan string, 1)
			l := openLink(t, startDevice(t, answering(got, false)), faults.Fault{Effect: faults.HalfClose, Point: faults.AfterResponse, Then: row.then})
			c := call(t, l.Addr(), nil)
			c.say(request("0-0"))
			c.take(answer)
			c.drain()
			if row.late {
				c.writeToTheEnd()
			}
			c.Close()
			if s, want := <-got, all+"EOF"; s != want {
				t.Errorf("device got %s; want %s", s, want)
			}
			if !slices.Equal(c.saw, row.want) {
				t.Errorf("client saw %v, want %v", c.saw, row.want)
			}
			if log := closeLink(t, l)[0]; log.Reset != row.reset || log.Cause != row.wantCauses || log.First != results.ByLink {
				t.Errorf("log: first %q, reset by %q, cause %q; want the link, %q, %q", log.First, log.Reset, log.Cause, row.reset, row.wantCauses)
			}
		})
	}
}

// writeToTheEnd writes until the kernel says that the connection is gone.
func (s *side) writeToTheEnd() {
	var err error
	for deadline := time.Now().Add(giveUp); err == nil && time.Now().Before(deadline); {
		_, err = s.Write([]byte("x"))
	}
	s.see("%s", errno(err))
}

// What a client has sent before its connection is closed, and nobody has
// read, is answered as the kernel answers it.
func TestCloseWithARequestUnread(t *testing.T) {
	for _, row := range []struct {
		name  string
		act   func(*relay)
		want  []string // one of these is what the client sees
		cause string
	}{
		{"close is a RST at once", func(r *relay) {
			closeBoth(r, faults.Strike{Fault: &faults.Fault{Effect: faults.Close, Point: faults.AfterResponse}})
		},
			[]string{`"", ECONNRESET`}, "close-collision"},
		{"half-close, then close, is a FIN and then a RST", func(r *relay) {
			halfClose(r, faults.Strike{Fault: &faults.Fault{Effect: faults.HalfClose, Point: faults.AfterResponse, Then: faults.ThenClose}})
		}, []string{`"", EOF`}, "close-race"},
		{"truncate is a FIN", func(r *relay) {
			truncate(r, faults.Strike{Fault: &faults.Fault{Effect: faults.Truncate, Point: faults.Response}})
		},
			[]string{`"", EOF`}, causeUnknown},
	} {
		t.Run(row.name, func(t *testing.T) {
			l := openLink(t, startDevice(t, func(c *net.TCPConn) { c.Read(make([]byte, 1)) }), faults.Fault{Effect: faults.Hold, Point: faults.BeforeForward, Delay: faults.After(time.Hour)})
			c := call(t, l.Addr(), nil)
			c.say(request("0-0")) // is held, and its flow reads no more
			eventually(t, "the request is held", func() bool {
				rs := l.relays()
				return len(rs) == 1 && rs[0].up.read.Load() == int64(len(request("0-0")))
			})
			r := l.relays()[0]
			c.say(request("0-1"))
			eventually(t, "the next request lies unread", func() bool { return unread(r.client.conn) })
			row.act(r)
			c.drain()
			c.Close()
			if !slices.Contains(row.want, c.saw[0]) {
				t.Errorf("client saw %v, want %v", c.saw, row.want)
			}
			if log := closeLink(t, l)[0]; log.Reset != results.ByLink || log.Cause != row.cause {
				t.Errorf("log: reset by %q, cause %q; want the link, %q", log.Reset, log.Cause, row.cause)
			}
		})
	}
}
