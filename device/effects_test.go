package device

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"rstorm/faults"
)

// shape is what one effect at one point looks like, to a client that sends one
// PUT (none where an ending effect strikes at connect), sends a FIN where it
// says so, and reads to the end.
type shape struct {
	effect   faults.Effect
	point    faults.Point
	content  int   // bytes of the answer's content that arrive; nothing and whole are special
	end      error // how the client's reading ends
	executed int   // times the ledger has the command
	answered int   // exchanges the device counts
	ended    Ending
	finish   bool // the client sends a FIN behind its request
}

const (
	nothing = -1 // not even a head
	whole   = 1 << 20
)

var shapes = []shape{
	{faults.Reset, faults.Connect, nothing, errReset, 0, 0, "reset at connect", false},
	{faults.Reset, faults.BeforeForward, nothing, errReset, 0, 0, "reset at before-forward", false},
	{faults.Reset, faults.AfterForward, nothing, errReset, 1, 0, "reset at after-forward", false},
	{faults.Reset, faults.Response, 5, errReset, 1, 0, "reset at response", false},
	{faults.Reset, faults.AfterResponse, whole, errReset, 1, 1, "reset at after-response", false},
	{faults.Reset, faults.Idle, whole, errReset, 1, 1, "reset at idle", false},

	{faults.Close, faults.Connect, nothing, io.EOF, 0, 0, "close at connect", false},
	{faults.Close, faults.BeforeForward, nothing, io.EOF, 0, 0, "close at before-forward", false},
	{faults.Close, faults.AfterForward, nothing, io.EOF, 1, 0, "close at after-forward", false},
	{faults.Close, faults.Response, 5, io.EOF, 1, 0, "close at response", false},
	{faults.Close, faults.AfterResponse, whole, io.EOF, 1, 1, "close at after-response", false},
	{faults.Close, faults.Idle, whole, io.EOF, 1, 1, "close at idle", false},

	{faults.HalfClose, faults.BeforeForward, nothing, io.EOF, 0, 0, "half-close at before-forward", false},
	{faults.HalfClose, faults.AfterForward, nothing, io.EOF, 1, 0, "half-close at after-forward", false},
	{faults.HalfClose, faults.Response, 5, io.EOF, 1, 0, "half-close at response", false},
	{faults.HalfClose, faults.AfterResponse, whole, io.EOF, 1, 1, "half-close at after-response", false},
	{faults.HalfClose, faults.Idle, whole, io.EOF, 1, 1, "half-close at idle", false},

	{faults.Drain, faults.BeforeForward, nothing, io.EOF, 0, 0, "drain at before-forward", false},
	{faults.Drain, faults.AfterForward, nothing, io.EOF, 1, 0, "drain at after-forward", false},
	{faults.Drain, faults.Response, 5, io.EOF, 1, 0, "drain at response", false},
	{faults.Drain, faults.AfterResponse, whole, io.EOF, 1, 1, "drain at after-response", false},
	{faults.Drain, faults.Idle, whole, io.EOF, 1, 1, "drain at idle", false},

	// A device that did not stall would answer before it sees the client's FIN.
	{faults.Stall, faults.Connect, nothing, errReset, 0, 0, ClientClosed, true}, // the request lies unread
	{faults.Stall, faults.BeforeForward, nothing, io.EOF, 0, 0, ClientClosed, true},
	{faults.Stall, faults.AfterForward, nothing, io.EOF, 1, 0, ClientClosed, true},
	{faults.Stall, faults.Response, 5, io.EOF, 1, 0, ClientClosed, true},
	{faults.Stall, faults.AfterResponse, whole, io.EOF, 1, 1, ClientClosed, true},

	{faults.Hold, faults.Connect, whole, io.EOF, 1, 1, ClientClosed, true},
	{faults.Hold, faults.BeforeForward, whole, io.EOF, 1, 1, ClientClosed, true},
	{faults.Hold, faults.AfterForward, whole, io.EOF, 1, 1, ClientClosed, true},
	{faults.Hold, faults.Response, whole, io.EOF, 1, 1, ClientClosed, true},

	{faults.Truncate, faults.Response, 5, io.EOF, 1, 0, "truncate at response", false},
	{faults.Status, faults.BeforeForward, whole, io.EOF, 0, 1, ClientClosed, true},
	{faults.IgnoreClose, faults.AfterResponse, whole, io.EOF, 1, 1, ClientClosed, true},

	{faults.Reset, faults.Request, nothing, errReset, 0, 0, "reset at request", false},
	{faults.Close, faults.Request, nothing, io.EOF, 0, 0, "close at request", false},
	{faults.Stall, faults.Request, nothing, io.EOF, 0, 0, ClientClosed, true},
	{faults.Hold, faults.Request, whole, io.EOF, 1, 1, ClientClosed, true},
	{faults.Status, faults.Idle, whole, io.EOF, 1, 1, "status at idle", false},
	{faults.Malform, faults.Response, len("5\r\nhello\r\n"), io.EOF, 1, 0, "malform at response", false},
	{faults.Dribble, faults.Response, whole, io.EOF, 1, 1, ClientClosed, true},
}

// fault makes the fault that s describes, with a delay where it takes one.
func (s shape) fault() faults.Fault {
	f := faults.Fault{Effect: s.effect, Point: s.point}
	switch {
	case s.point == faults.Idle:
		f.Delay = faults.After(time.Millisecond)
		f.Methods = []string{"PUT"} // not on a connection that had no request yet
	case s.effect != faults.Stall && s.effect != faults.IgnoreClose:
		f.Delay = faults.After(42 * time.Millisecond)
	}
	if s.point == faults.Response {
		f.Bytes = 5
	}
	switch s.effect {
	case faults.Status:
		f.Code = 503
	case faults.Malform:
		f.Form = faults.NoLastChunk
	}
	return f
}

// meet is the client's side of s: what it received and how that ended. A reset
// at connect may be there before the dialler has looked.
func (s shape) meet(t *testing.T, d *Device) (received string, end error) {
	t.Helper()
	c, err := tryDial(t, d)
	if err != nil {
		return "", err
	}
	defer c.Close()
	if s.point != faults.Connect || s.finish {
		c.send(put("0-1"))
	}
	if s.finish {
		if err := c.CloseWrite(); err != nil {
			t.Fatal(err)
		}
	}
	return c.rest()
}

func TestEveryEffectAtEveryPoint(t *testing.T) {
	for _, s := range shapes {
		t.Run(string(s.effect)+" at "+string(s.point), func(t *testing.T) {
			f, clock := s.fault(), new(diary)
			d := switchOnWith(t, Profile{Faults: []faults.Fault{f}}, clock.clock())
			received, end := s.meet(t, d)
			got := ended(t, d, 1)

			if !errors.Is(end, s.end) {
				t.Errorf("reading ended with %v, want %v", end, s.end)
			}
			checkContent(t, s.content, received)
			if n := executions(d, "0-1"); n != s.executed {
				t.Errorf("executed %d times, want %d", n, s.executed)
			}
			unread := 0
			if s.effect == faults.Stall && s.point == faults.Connect {
				unread = len(put("0-1"))
			}
			if got.Ended != s.ended || got.Exchanges != s.answered || got.Unread != unread {
				t.Errorf("connection %+v, want %q, %d answered, %d unread", got, s.ended, s.answered, unread)
			}
			var waits []time.Duration // at idle the delay has passed before the fault strikes
			if !f.Delay.IsZero() && s.point != faults.Idle {
				waits = []time.Duration{f.Delay.Median()}
			}
			if s.effect == faults.Dribble {
				waits = slices.Repeat(waits, strings.Index(received, "\r\n\r\n")+3) // between the bytes of the head
			}
			if !slices.Equal(clock.noted(), waits) {
				t.Errorf("the device waited %v, want %v", clock.noted(), waits)
			}
		})
	}
}

// checkContent holds what arrived against the number of content bytes wanted.
func checkContent(t *testing.T, want int, received string) {
	t.Helper()
	_, content, headed := strings.Cut(received, "\r\n\r\n")
	switch {
	case want == nothing:
		if received != "" {
			t.Errorf("received %q, want nothing", received)
		}
	case !headed:
		t.Errorf("received %q, want a whole head", received)
	case want == whole:
		if !strings.HasSuffix(content, "}") {
			t.Errorf("content is %q, want it whole", content)
		}
	case len(content) != want:
		t.Errorf("content is %q, want %d bytes of it", content, want)
	}
}

func TestATimedStallGoesOn(t *testing.T) {
	for _, p := range []faults.Point{faults.Connect, faults.BeforeForward, faults.AfterForward, faults.Response, faults.AfterResponse} {
		t.Run(string(p), func(t *testing.T) {
			d := switchOn(t, Profile{Faults: []faults.Fault{{Effect: faults.Stall, Point: p, Delay: faults.After(time.Millisecond)}}})
			c := dial(t, d)
			for _, id := range []string{"0-1", "0-2"} {
				if r := c.do(put(id)); r.StatusCode != 200 || executions(d, id) != 1 {
					t.Errorf("%s: status %d, executed %d times", id, r.StatusCode, executions(d, id))
				}
			}
		})
	}
}

func TestAStallEndsWhenTheClientResets(t *testing.T) {
	d := switchOn(t, Profile{Faults: []faults.Fault{{Effect: faults.Stall, Point: faults.AfterForward}}})
	c := dial(t, d)
	c.send(put("0-1"))
	eventually(t, "the execution", func() bool { return executions(d, "0-1") == 1 })
	c.reset()
	if got := ended(t, d, 1); got.Ended != ClientReset {
		t.Errorf("ended as %q, want %q", got.Ended, ClientReset)
	}
}

func TestFaultsAtOnePointFollowEachOther(t *testing.T) {
	clock := new(diary)
	d := switchOnWith(t, Profile{Faults: []faults.Fault{
		{Effect: faults.Reset, Point: faults.Response, Bytes: 9, Delay: faults.After(2)},
		{Effect: faults.Hold, Point: faults.Response, Bytes: 4, Delay: faults.After(1)},
		{Effect: faults.Close, Point: faults.Response, Bytes: 10, Delay: faults.After(3)},
	}}, clock.clock())
	c := dial(t, d)
	c.send(put("0-1"))
	received, end := c.rest()
	checkContent(t, 9, received)
	if !errors.Is(end, errReset) || !slices.Equal(clock.noted(), []time.Duration{1, 2}) {
		t.Errorf("ended with %v after waits %v, want a reset after 1 and 2", end, clock.noted())
	}
}

func TestTheMomentAfterAnAnswerIsNotReachedByACutOne(t *testing.T) {
	for _, effect := range []faults.Effect{faults.Truncate, faults.Stall} {
		d := switchOn(t, Profile{Faults: []faults.Fault{
			{Effect: effect, Point: faults.Response, Selector: faults.Selector{Connections: []int{1}}},
			{Effect: faults.Reset, Point: faults.AfterResponse, Selector: faults.Selector{First: 1}},
		}})
		c := dial(t, d)
		c.send(put("0-1"))
		eventually(t, "the execution", func() bool { return executions(d, "0-1") == 1 })
		c.Close()
		ended(t, d, 1)
		dial(t, d).send(put("0-2"))
		if got := ended(t, d, 2); got.Ended != "reset at after-response" {
			t.Errorf("%s: the second connection ended as %q: the first one spent its fault", effect, got.Ended)
		}
	}
}

func TestATruncatedAnswerEndsInAFINWhateverLiesUnread(t *testing.T) {
	g := newGate()
	d := switchOnWith(t, Profile{Faults: []faults.Fault{{Effect: faults.Truncate, Point: faults.Response, Bytes: 5, Delay: faults.After(time.Hour)}}}, g.clock())
	c := dial(t, d)
	c.send(put("0-1"))
	g.arrive(t)
	c.send(put("0-2"))
	lying(t, d, 1, len(put("0-2")))
	g.open(t)
	received, end := c.rest()
	checkContent(t, 5, received)
	if end != io.EOF {
		t.Errorf("ended with %v", end)
	}
}

func TestAStallMayBeDrawnAsNothing(t *testing.T) {
	d := switchOn(t, Profile{Faults: []faults.Fault{{Effect: faults.Stall, Point: faults.AfterForward, Delay: mustDelay(t, "uniform(0s, 1ns)")}}})
	c := dial(t, d)
	for i := range 16 {
		c.do(put(fmt.Sprintf("0-%d", i)))
	}
}

func TestAnAnnouncedCloseIsInTheAnswer(t *testing.T) {
	for _, announce := range []bool{true, false} {
		d := switchOn(t, Profile{Faults: []faults.Fault{{Effect: faults.Close, Point: faults.AfterResponse, Announce: announce}}})
		c := dial(t, d)
		if r := c.do(put("0-1")); r.Close != announce {
			t.Errorf("announced: %t, want %t", r.Close, announce)
		}
		c.mustEnd(io.EOF)
	}
}

func TestIdleCountsFromTheRequestBefore(t *testing.T) {
	const short, long = time.Millisecond, 30 * time.Millisecond
	d := switchOn(t, Profile{Faults: []faults.Fault{
		{Effect: faults.Close, Point: faults.Idle, Delay: faults.After(long), Selector: faults.Selector{Methods: []string{"GET"}}},
		{Effect: faults.Reset, Point: faults.Idle, Delay: faults.After(short), Selector: faults.Selector{Methods: []string{"PUT"}}},
	}})
	for i, s := range []struct {
		request string
		end     error
		ended   Ending
		after   time.Duration
	}{
		{put("0-1"), errReset, "reset at idle", short},
		{get("0-2"), io.EOF, "close at idle", long},
	} {
		c := dial(t, d)
		c.do(s.request)
		c.mustEnd(s.end)
		if got := ended(t, d, i+1); got.Ended != s.ended || got.Closed-got.Opened < s.after {
			t.Errorf("connection %+v, want %q after %v at least", got, s.ended, s.after)
		}
	}
}

func TestAConnectionThatNeverAsksIsIdleToo(t *testing.T) {
	d := switchOn(t, Profile{Faults: []faults.Fault{{Effect: faults.Close, Point: faults.Idle, Delay: faults.After(time.Millisecond)}}})
	dial(t, d).mustEnd(io.EOF)
	if got := ended(t, d, 1); got.Ended != "close at idle" || got.Exchanges != 0 {
		t.Errorf("connection %+v", got)
	}
}

func TestAnIdleFaultThatDoesNotStrikeLeavesTheConnectionAlone(t *testing.T) {
	var looks atomic.Int32 // the device looks at its clock as the idle time has passed
	now := sinceNow()
	d := switchOnWith(t, Profile{Faults: []faults.Fault{{
		Effect: faults.Close, Point: faults.Idle, Delay: faults.After(time.Millisecond), Selector: faults.Selector{Methods: []string{"PUT"}},
	}}}, clock{now: func() time.Duration { looks.Add(1); return now() }, wait: faults.Wait})
	c := dial(t, d)
	eventually(t, "the idle time", func() bool { return looks.Load() == 2 }) // the first was for accepting
	if r := c.do(get("0-1")); r.StatusCode != 200 {
		t.Errorf("answer %+v", r.Response)
	}
}
