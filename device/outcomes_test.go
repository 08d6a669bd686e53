package device

import (
	"context"
	"io"
	"log"
	"net"
	"os"
	"testing"
	"time"

	"rstorm/clients"
	"rstorm/faults"
	"rstorm/results"
)

// caller plays commands with a strategy.
type caller struct {
	clients.Client
	t    *testing.T
	conn net.Conn // the newest of its connections
}

func newCaller(t *testing.T, d *Device, s clients.Strategy) *caller {
	c := &caller{t: t}
	c.Client = s.Client(clients.Network{Host: d.Addr(), Seed: 1, Dialer: clients.NewDialer(func(ctx context.Context) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", d.Addr())
		c.conn = conn
		return conn, err
	})})
	t.Cleanup(c.Close)
	return c
}

// put carries a control command with a body of so many bytes.
func (c *caller) put(seq uint32, size int, timeout time.Duration) results.Reply {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), timeout)
	defer cancel()
	return c.Do(ctx, results.Command{ID: results.CommandID{Seq: seq}, Method: "PUT", Target: "/put/ctrl", Body: make([]byte, size)})
}

// fate is what becomes of the command that a fault strikes, for a caller that
// sends no command twice. The next command goes well in any case.
type fate struct {
	name     string
	profile  Profile
	size     int // of the command's body
	naive    results.Outcome
	standard results.Outcome // net/http
	executed int
}

func struck(f faults.Fault) Profile {
	f.Commands = []string{"0-1"}
	return Profile{Faults: []faults.Fault{f}}
}

func form(f faults.Form, bytes int64) Profile {
	return struck(faults.Fault{Effect: faults.Malform, Point: faults.Response, Form: f, Bytes: bytes})
}

func cut(e faults.Effect, bytes int64) Profile {
	return struck(faults.Fault{Effect: e, Point: faults.Request, Bytes: bytes})
}

func garbledAt(p faults.Point) Profile {
	return struck(faults.Fault{Effect: faults.Garbage, Point: p})
}

var fates = []fate{
	{"malformed chunk", form(faults.BadChunk, 5), 0, results.Failed, results.Failed, 1},
	{"no chunk at all", form(faults.NoLastChunk, 0), 0, results.Truncated, results.Truncated, 1},
	{"whole, but for the last chunk", form(faults.NoLastChunk, 1000), 0, results.Truncated, results.Truncated, 1},
	{"two lengths", form(faults.TwoLengths, 0), 0, results.Failed, results.Failed, 1},
	{"a head of 1 MiB", form(faults.HugeHead, 0), 0, results.Failed, results.OK, 1},
	{"no status", form(faults.BadStatus, 0), 0, results.Failed, results.Failed, 1},
	{"HTTP/1.0", form(faults.HTTP10, 0), 0, results.OK, results.OK, 1},
	{"dribbled head", struck(faults.Fault{Effect: faults.Dribble, Point: faults.Response, Delay: faults.After(time.Microsecond)}), 0, results.OK, results.OK, 1},
	{"garbage, not executed", garbledAt(faults.BeforeForward), 0, results.Failed, results.Failed, 0},
	{"garbage, executed", garbledAt(faults.AfterForward), 0, results.Failed, results.Failed, 1},
	{"reset in the body", cut(faults.Reset, 500), 1000, results.Reset, results.Reset, 0},
	{"closed in the body", cut(faults.Close, 500), 1000, results.Reset, results.Reset, 0},
	{"closed behind the body", cut(faults.Close, 1000), 1000, results.Closed, results.Closed, 0},
	{"too large, drained", Profile{MaxBody: 999, TooLarge: LargeDrain}, 1000, results.Rejected, results.Rejected, 0},
	{"too large, abrupt", Profile{MaxBody: 999, TooLarge: LargeAbrupt}, 1000, results.Rejected, results.Rejected, 0},
	{"too large, silent", Profile{MaxBody: 999, TooLarge: LargeSilent}, 1000, results.Reset, results.Reset, 0},
	{"far too large, drained", Profile{MaxBody: 999, TooLarge: LargeDrain}, 1 << 20, results.Rejected, results.Rejected, 0},
}

func TestWhatCallersMakeOfABrokenExchange(t *testing.T) {
	for _, s := range fates {
		for name, want := range map[string]results.Outcome{"naive": s.naive, "go-default": s.standard} {
			t.Run(s.name+"/"+name, func(t *testing.T) {
				d := switchOn(t, s.profile)
				c := newCaller(t, d, strategies[name])
				r := c.put(1, s.size, patience)
				if r.Outcome != want || len(r.Attempts) != 1 {
					t.Errorf("the caller is told %v after %d attempts (%v), want %v", r.Outcome, len(r.Attempts), r.Err, want)
				}
				if next := c.put(2, 0, patience); next.Outcome != results.OK {
					t.Errorf("the next command: %v: %v", next.Outcome, next.Err)
				}
				if n := executions(d, "0-1"); n != s.executed || executions(d, "0-2") != 1 {
					t.Errorf("executed %d times, want %d; ledger %+v", n, s.executed, d.Ledger())
				}
			})
		}
	}
}

var strategies = map[string]clients.Strategy{"naive": clients.Raw{}, "go-default": clients.GoDefault{}}

func TestACallerWaitsForAStalledUpload(t *testing.T) {
	for name, s := range strategies {
		d := switchOn(t, cut(faults.Stall, 500))
		if r := newCaller(t, d, s).put(1, 1000, 50*time.Millisecond); r.Outcome != results.TimedOut || len(d.Ledger()) != 0 {
			t.Errorf("%s: the caller is told %v: %v", name, r.Outcome, r.Err)
		}
		if got := ended(t, d, 1); got.Unread != 500 {
			t.Errorf("%s: connection %+v, want 500 unread", name, got)
		}
	}
}

// Who finds bytes that nobody asked for on an idle connection gives it up, and
// the next command has a fresh one.
func TestCallersDoNotTakeWhatTheyDidNotAskFor(t *testing.T) {
	log.SetOutput(io.Discard) // net/http says there what it found
	defer log.SetOutput(os.Stderr)
	for _, f := range []faults.Fault{
		{Effect: faults.Garbage, Point: faults.AfterResponse},
		{Effect: faults.Garbage, Point: faults.Idle, Delay: faults.After(time.Millisecond)},
		{Effect: faults.Unsolicited, Point: faults.AfterResponse},
		{Effect: faults.Unsolicited, Point: faults.Idle, Delay: faults.After(time.Millisecond)},
		{Effect: faults.Status, Point: faults.Idle, Code: 408, Delay: faults.After(time.Millisecond)},
	} {
		for name, s := range strategies {
			t.Run(string(f.Effect)+" at "+string(f.Point)+"/"+name, func(t *testing.T) {
				d := switchOn(t, struck(f))
				c := newCaller(t, d, s)
				first := c.put(1, 0, patience)
				lying := func() int { return unread(c.conn.(*net.TCPConn)) }
				if name == "naive" { // it looks when it has read an answer, and when it sends
					eventually(t, "bytes nobody asked for", func() bool { return lying() != 0 })
				} else {
					eventually(t, "the end of the connection", func() bool { return lying() < 0 })
				}
				second := c.put(2, 0, patience)
				if first.Outcome != results.OK || second.Outcome != results.OK || second.Attempts[0].Connection != 2 {
					t.Errorf("the caller is told %v and %v: %+v", first.Outcome, second.Outcome, second.Attempts)
				}
				if executions(d, "0-1") != 1 || executions(d, "0-2") != 1 {
					t.Errorf("ledger %+v", d.Ledger())
				}
			})
		}
	}
}

// A client that sends at once takes the answer that waits for it: ours does
// not see that it is not its own.
func TestAnAnswerThatWaitsAtConnectIsTaken(t *testing.T) {
	d := switchOn(t, Profile{Faults: []faults.Fault{{Effect: faults.Unsolicited, Point: faults.Connect, Selector: faults.Selector{First: 1}}}})
	c := newCaller(t, d, clients.Raw{})
	for seq := range uint32(2) {
		if r := c.put(seq+1, 0, patience); r.Outcome != results.OK {
			t.Errorf("the caller is told %v: %v", r.Outcome, r.Err)
		}
		if seq == 0 {
			eventually(t, "the answer proper", func() bool { return unread(c.conn.(*net.TCPConn)) != 0 })
		}
	}
	if executions(d, "0-1") != 1 || executions(d, "0-2") != 1 || len(d.Connections()) != 2 {
		t.Errorf("ledger %+v on %d connections", d.Ledger(), len(d.Connections()))
	}
}
