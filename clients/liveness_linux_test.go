package clients

import (
	"context"
	"errors"
	"io"
	"net"
	"runtime"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// A guarded is a connection that carried an exchange, with its guard.
type guarded struct {
	guard
	conn   *Conn
	dialer *Dialer
}

// keep dials s, carries an exchange and guards the connection from then on.
func keep(t *testing.T, s *server, l Liveness, settle time.Duration) guarded {
	t.Helper()
	n := s.network()
	conn, err := n.Dialer.Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	k := guarded{newGuard(l, settle, conn), conn, n.Dialer}
	t.Cleanup(func() {
		k.end()
		conn.Close()
	})
	k.exchange(t)
	return k
}

// exchange carries a command and its answer.
func (k guarded) exchange(t *testing.T) {
	t.Helper()
	io.WriteString(k.conn, "GET / HTTP/1.1\r\nHost: device\r\n\r\n")
	if _, err := io.ReadFull(k.conn, make([]byte, len(whole))); err != nil {
		t.Fatalf("the exchange failed: %v", err)
	}
}

// An end is what a device does to a connection that rests.
var restEnds = []struct {
	name   string
	end    func(*peer)
	so     func(t *testing.T, c *Conn) bool // the kernel has it
	noted  error
	resets int
}{
	{"closes", func(p *peer) { p.Close() }, inState(stateCloseWait), io.EOF, 0},
	{"shuts its side", func(p *peer) { p.CloseWrite(); p.hold() }, inState(stateCloseWait), io.EOF, 0},
	{"resets", func(p *peer) { p.reset() }, inState(stateClose), syscall.ECONNRESET, 1},
	{"says something", func(p *peer) { p.say("HTTP/1.1 408 Request Timeout\r\n\r\n"); p.hold() },
		func(_ *testing.T, c *Conn) bool { return unread(c.Conn)() > 0 }, nil, 0},
}

func inState(want byte) func(*testing.T, *Conn) bool {
	return func(t *testing.T, c *Conn) bool { return tcpState(t, c) == want }
}

// thenEnds answers requests, and ends the connection when the test says so.
func thenEnds(end func(*peer)) func(*peer) {
	return func(p *peer) {
		if p.request() == nil {
			return
		}
		p.say(whole)
		p.server.wait()
		end(p)
	}
}

// noted checks what the guard noted of the connection's end.
func (k guarded) noted(t *testing.T, end error, resets int) {
	t.Helper()
	if got := k.conn.ended(); !errors.Is(got, end) || end == nil && got != nil {
		t.Errorf("noted %v, want %v", got, end)
	}
	if got := k.dialer.Counts().Resets; got != resets {
		t.Errorf("the dialer counted %d resets, want %d", got, resets)
	}
}

// Whoever looks sees what lies in the socket: a FIN, a reset, and bytes that
// nobody asked for. Who is blind does not.
func TestALookSeesWhatHasArrived(t *testing.T) {
	for _, end := range restEnds {
		for _, l := range []Liveness{Peek, Settle} {
			t.Run(string(l)+"/"+end.name, func(t *testing.T) {
				s := serve(t, thenEnds(end.end))
				k := keep(t, s, l, giveUp)
				k.rest(nil)
				s.event <- struct{}{}
				eventually(t, "the end", func() bool { return end.so(t, k.conn) })
				if k.wake(t.Context()) {
					t.Error("took the connection to be usable")
				}
				k.noted(t, end.noted, end.resets)
			})
		}
		t.Run("blind/"+end.name, func(t *testing.T) {
			s := serve(t, thenEnds(end.end))
			k := keep(t, s, Blind, 0)
			s.event <- struct{}{}
			eventually(t, "the end", func() bool { return end.so(t, k.conn) })
			k.rest(nil)
			if !k.wake(t.Context()) {
				t.Error("saw what it can't")
			}
			k.noted(t, nil, 0)
		})
	}
}

// What is on its way is not in the socket: the device closes once the client
// has looked.
func TestAPeekDoesNotSeeWhatIsOnItsWay(t *testing.T) {
	for _, end := range restEnds {
		t.Run(end.name, func(t *testing.T) {
			s := serve(t, thenEnds(end.end))
			k := keep(t, s, Peek, 0)
			if !k.wake(t.Context()) {
				t.Error("saw an end that had not come")
			}
			k.noted(t, nil, 0)
			s.event <- struct{}{}
			eventually(t, "the end", func() bool { return end.so(t, k.conn) })
		})
	}
}

// Looking takes nothing away: what waits can still be read.
func TestALookConsumesNothing(t *testing.T) {
	s := serve(t, thenEnds(func(p *peer) { p.say("late"); p.hold() }))
	for _, l := range []Liveness{Peek, Events, Settle} {
		k := keep(t, s, l, giveUp)
		dead := make(chan struct{}, 1)
		k.rest(func() { dead <- struct{}{} })
		s.event <- struct{}{}
		eventually(t, "the bytes", func() bool { return unread(k.conn.Conn)() == 4 })
		if l == Events {
			within(t, "the event", dead)
		}
		if k.wake(t.Context()) {
			t.Errorf("%s: took the connection to be usable", l)
		}
		text := make([]byte, 4)
		if _, err := io.ReadFull(k.conn, text); err != nil || string(text) != "late" {
			t.Errorf("%s: read %q, %v", l, text, err)
		}
	}
}

// within waits for an event.
func within(t *testing.T, what string, event <-chan struct{}) {
	t.Helper()
	select {
	case <-event:
	case <-time.After(giveUp):
		t.Fatalf("%s never came", what)
	}
}

// A guard of events needs nobody to use the connection: it hears of the end and
// has its owner close, which the device sees.
func TestEventsHearOfTheEndByThemselves(t *testing.T) {
	for _, end := range restEnds {
		t.Run(end.name, func(t *testing.T) {
			gone := make(chan struct{})
			s := serve(t, thenEnds(func(p *peer) {
				end.end(p)
				close(gone) // hold, in it, ends with the client's side
			}))
			k := keep(t, s, Events, 0)
			dead := make(chan struct{})
			k.rest(func() {
				k.conn.Close()
				close(dead) // panics if it is called twice
			})
			s.event <- struct{}{}
			within(t, "the event", dead)
			within(t, "the client's close", gone)
			k.noted(t, end.noted, end.resets)
			if k.wake(t.Context()) {
				t.Error("took the connection to be usable")
			}
		})
	}
}

// A connection that was taken for use is not watched any more, and one that
// rests again is.
func TestEventsEndWithThePause(t *testing.T) {
	s := serve(t, func(p *peer) {
		for p.request() != nil {
			p.say(whole)
		}
		p.server.event <- struct{}{}
	})
	k := keep(t, s, Events, 0)
	for range 200 {
		k.rest(func() { t.Error("dead was called on a connection that lives") })
		if !k.wake(t.Context()) {
			t.Fatal("took a connection that lives to be dead")
		}
		k.exchange(t)
	}
	k.rest(func() { t.Error("dead was called after end") })
	k.end()
	k.conn.Close()
	s.wait()
}

// The owner may close a connection under its guard's eyes: that is no event.
func TestEventsIgnoreTheOwnersClose(t *testing.T) {
	s := serve(t, answers(whole))
	k := keep(t, s, Events, 0)
	k.rest(func() { t.Error("the owner's own close was told as an event") })
	k.conn.Close()
	if k.wake(t.Context()) {
		t.Error("took a closed connection to be usable")
	}
	k.noted(t, nil, 0)
}

// However the device's close and the client's next use meet, the pool hears of
// it once at most, and never after wake or end has returned.
func TestEventsAndUseCross(t *testing.T) {
	s := serve(t, thenEnds(func(*peer) {}))
	for i := range 200 {
		k := keep(t, s, Events, 0)
		told := 0 // without a lock: wake and end are behind the call, or there is none
		k.rest(func() {
			runtime.Gosched() // whoever takes it out meanwhile has to wait
			told++
		})
		s.event <- struct{}{}
		usable := true
		if i%2 == 0 {
			usable = k.wake(t.Context())
		} else {
			k.end()
		}
		if told > 1 || i%2 == 0 && usable && told > 0 {
			t.Errorf("told %d times that it is dead, usable: %v", told, usable)
		}
		told = 0
	}
}

// A waiting is a socket that tells when somebody begins to wait for it.
type waiting struct {
	*net.TCPConn
	began chan struct{}
}

func (w waiting) SetReadDeadline(t time.Time) error {
	err := w.TCPConn.SetReadDeadline(t)
	if t.After(time.Now()) {
		w.began <- struct{}{}
	}
	return err
}

// The device closes while the client waits: settle catches what peek, looking
// at the same moment, does not.
func TestSettleCatchesALateEnd(t *testing.T) {
	for _, end := range restEnds {
		t.Run(end.name, func(t *testing.T) {
			s := serve(t, thenEnds(end.end))
			k := keep(t, s, Peek, 0)
			if !k.wake(t.Context()) {
				t.Fatal("peek saw an end that had not come")
			}
			began := make(chan struct{}, 1)
			k.conn.Conn = waiting{k.conn.Conn.(*net.TCPConn), began}
			k.guard = newGuard(Settle, giveUp, k.conn)
			usable := make(chan bool)
			go func() { usable <- k.wake(t.Context()) }()
			within(t, "the wait", began)
			s.event <- struct{}{}
			if <-usable {
				t.Error("took the connection to be usable")
			}
			k.noted(t, end.noted, end.resets)
		})
	}
}

// A healthy device is waited for in vain, and its connection carries the next
// command all the same.
func TestSettleLeavesAHealthyConnectionUsable(t *testing.T) {
	s := serve(t, answers(whole))
	for _, settle := range []time.Duration{0, time.Millisecond} {
		k := keep(t, s, Settle, settle)
		for range 3 {
			k.rest(nil)
			if !k.wake(t.Context()) {
				t.Error("took a connection that lives to be dead")
			}
			k.exchange(t)
		}
	}
}

// A command that is given up waits no longer, and leaves nothing behind that
// would strike the connection later.
func TestSettleEndsWithItsCommand(t *testing.T) {
	s := serve(t, answers(whole))
	k := keep(t, s, Settle, giveUp)
	began := make(chan struct{}, 1)
	k.conn.Conn = waiting{k.conn.Conn.(*net.TCPConn), began}
	k.guard = newGuard(Settle, time.Hour, k.conn)
	ctx, cancel := context.WithCancel(t.Context())
	usable := make(chan bool)
	go func() { usable <- k.wake(ctx) }()
	within(t, "the wait", began)
	cancel()
	if !<-usable {
		t.Error("took a connection that lives to be dead")
	}
	k.exchange(t)
}

// Every command of a healthy device pays the time.
func TestSettlePaysItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		defer near.Close()
		defer far.Close()
		d := NewDialer(func(context.Context) (net.Conn, error) { return near, nil })
		conn, err := d.Dial(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for l, want := range map[Liveness]time.Duration{Settle: 3 * time.Millisecond, Peek: 0, Events: 0, Blind: 0} {
			g := newGuard(l, 3*time.Millisecond, conn)
			begun := time.Now()
			g.rest(func() { t.Errorf("%s called dead", l) })
			if !g.wake(t.Context()) || time.Since(begun) != want {
				t.Errorf("%s took %v, want %v", l, time.Since(begun), want)
			}
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		begun := time.Now()
		if newGuard(Settle, time.Hour, conn).wake(ctx); time.Since(begun) != time.Millisecond {
			t.Errorf("took %v, want to end with its command after 1ms", time.Since(begun))
		}
	})
}

// What looking costs a command: no wait, and no memory.
func BenchmarkWake(b *testing.B) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer listener.Close()
	for _, l := range []Liveness{Blind, Peek, Events} {
		b.Run(string(l), func(b *testing.B) {
			conn, err := dialTo(listener.Addr().String()).Dial(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			defer conn.Close()
			g := newGuard(l, 0, conn)
			defer g.end()
			b.ReportAllocs()
			for b.Loop() {
				g.rest(nil)
				if !g.wake(b.Context()) {
					b.Fatal("took a connection that lives to be dead")
				}
			}
		})
	}
}
