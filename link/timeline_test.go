package link

import (
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"rstorm/faults"
	"rstorm/results"
)

// in gives f a window.
func in(f faults.Fault, w faults.Window) faults.Fault {
	if f.Toxic != nil {
		f.Toxic.Window = w
	} else {
		f.Window = w
	}
	return f
}

// awaitToxics waits until the toxics of every open connection are on, or off.
func awaitToxics(t *testing.T, l *Link, on bool) {
	t.Helper()
	eventually(t, fmt.Sprintf("toxics are on: %t", on), func() bool {
		for _, r := range l.relays() {
			tl := r.timeline.Load()
			if tl == nil {
				return false
			}
			for _, s := range tl.shapers {
				if s.on.Load() != on {
					return false
				}
			}
		}
		return true
	})
}

// harsh are toxics that no command survives.
var harsh = map[string]map[string]int64{
	"timeout":    {"timeout": 1},
	"reset_peer": {},
	"limit_data": {"bytes": 1},
}

// A toxic acts while its window is open: on connections that are made then,
// and on those that were made before.
func TestToxicActsOnlyWhileItsWindowIsOpen(t *testing.T) {
	const from, length = 500 * time.Millisecond, 500 * time.Millisecond
	for kind, attributes := range harsh {
		for _, stream := range []faults.Stream{faults.Upstream, faults.Downstream} {
			t.Run(kind+" "+string(stream), func(t *testing.T) {
				t.Parallel()
				l := openLink(t, quietly(t), in(toxic(kind, stream, attributes), faults.Window{From: from, For: length}))
				old, patient := call(t, l.Addr(), nil), call(t, l.Addr(), nil)
				for _, c := range []*side{old, patient} {
					defer c.Close()
					io.WriteString(c, request("0-0"))
					b := make([]byte, len(answer))
					n, err := io.ReadFull(c, b)
					if l.since() >= from {
						t.Skip("the machine is too busy: the window was open before the first command was over")
					}
					if err != nil || string(b[:n]) != answer {
						t.Fatalf("before the window a client got %q, %v", b[:n], err)
					}
				}
				if kind == "timeout" { // it closes by itself when it is on
					patient.Close()
				}
				eventually(t, "the window is open", func() bool { return l.since() >= from })
				if kind != "timeout" {
					awaitToxics(t, l, true)
				}
				for _, c := range []*side{old, call(t, l.Addr(), nil)} {
					io.WriteString(c, request("1-0"))
					c.drain()
					c.Close()
					if l.since() < from+length && strings.HasPrefix(c.saw[0], fmt.Sprintf("%q", answer)) {
						t.Errorf("within the window a client saw %v", c.saw)
					}
				}
				within := l.since() < from+length
				eventually(t, "the window is shut", func() bool { return l.since() >= from+length })
				awaitToxics(t, l, false)
				after := []*side{call(t, l.Addr(), nil)}
				if kind != "timeout" {
					after = append(after, patient)
				}
				for _, c := range after {
					c.say(request("2-0"))
					c.take(answer)
					c.CloseWrite()
					c.drain()
					c.Close()
					if c.saw[0] != `"", EOF` {
						t.Errorf("after the window a client saw %v, want an answer and EOF", c.saw)
					}
				}
				for _, c := range closeLink(t, l) {
					if c.Injected != "" && c.Injected != kind || within && (c.Injected != "") != (c.Number == 1 || c.Number == 3) {
						t.Errorf("log: connection %d was ended by %q", c.Number, c.Injected)
					}
				}
			})
		}
	}
}

// A window that opens or shuts while a command is under way has to wait.
func TestNothingChangesInsideACommand(t *testing.T) {
	const edge = 200 * time.Millisecond
	for name, row := range map[string]struct {
		w           faults.Window
		first, next string // what the client sees of the command at the edge, and of the one after it
	}{
		"a window that opens": {faults.Window{From: edge, For: time.Hour}, fmt.Sprintf("%q", answer), `"", ECONNRESET`},
		"a window that shuts": {faults.Window{For: edge}, `"", ECONNRESET`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			opens := row.next != ""
			var l *Link
			asked := make(chan struct{}, 2)
			l = openLink(t, startDevice(t, func(c *net.TCPConn) {
				buf := make([]byte, 4<<10)
				for {
					if _, err := c.Read(buf); err != nil {
						return
					}
					asked <- struct{}{}
					eventually(t, "the edge is over", func() bool { return l.since() >= edge+20*time.Millisecond })
					if _, err := io.WriteString(c, answer); err != nil {
						return
					}
				}
			}), in(toxic("reset_peer", faults.Downstream, nil), row.w))
			c := call(t, l.Addr(), nil)
			defer c.Close()
			c.say(request("0-0"))
			<-asked
			if l.since() >= edge {
				t.Skip("the machine is too busy: the edge came before the command")
			}
			if !opens {
				c.drain()
				if c.saw[0] != row.first {
					t.Errorf("client saw %v, want %s", c.saw, row.first)
				}
				return
			}
			c.take(answer)
			awaitToxics(t, l, true)
			c.say(request("0-1"))
			c.drain()
			if c.saw[0] != row.next {
				t.Errorf("then the client saw %v, want %s", c.saw, row.next)
			}
			if log := closeLink(t, l)[0]; log.Reset != results.ByLink || log.Injected != resetPeer || len(log.Exchanges) != 2 || log.Exchanges[0].Answered < edge {
				t.Errorf("log: %+v", log)
			}
		})
	}
}

// Where there are no commands to see, a window waits until nothing is under
// way.
func TestToxicsOfOpaqueBytesSwitchBetweenThem(t *testing.T) {
	const from = 150 * time.Millisecond
	l := openLink(t, startDevice(t, func(c *net.TCPConn) { io.Copy(c, c) }),
		in(toxic("latency", faults.Upstream, map[string]int64{"latency": 1}), faults.Window{From: from, For: from}),
		in(toxic("limit_data", faults.Downstream, map[string]int64{"bytes": 3}), faults.Window{From: 2 * from, For: time.Hour}))
	c := call(t, l.Addr(), nil)
	var b [5]byte
	n := len(b)
	for n == len(b) {
		c.say("\x00ping")
		n, _ = io.ReadFull(c, b[:])
	}
	if got := string(b[:n]); got != "\x00pi" || l.since() < 2*from {
		t.Errorf("client saw %q at %v, want three bytes of the last ping, after %v", got, l.since(), 2*from)
	}
	c.Close()
	if log := closeLink(t, l)[0]; log.Injected != limitData || len(log.Exchanges) != 0 {
		t.Errorf("log: %+v", log)
	}
}

// A delay at passage has windows too; both that are open add up.
func TestDelaysAtPassageComposeWhileTheirWindowsAreOpen(t *testing.T) {
	const d, from, length = 30 * time.Millisecond, 200 * time.Millisecond, 600 * time.Millisecond
	one := in(far(faults.Downstream, faults.After(d)), faults.Window{From: from, For: length})
	two := in(far(faults.Upstream, faults.After(d)), faults.Window{From: from, For: length})
	l := openLink(t, quietly(t), one, two, in(toxic("latency", faults.Downstream, map[string]int64{"latency": d.Milliseconds()}), faults.Window{From: from, For: length}))
	c := call(t, l.Addr(), nil)
	for l.since() < from+length+200*time.Millisecond {
		c.say(request("0-0"))
		c.take(answer)
	}
	c.Close()
	log := closeLink(t, l)[0]
	late, soon := 0, 0
	for _, ex := range log.Exchanges {
		took := ex.Answered - ex.Read
		switch {
		case ex.Read > from+100*time.Millisecond && ex.Answered < from+length: // well within
			late++
			if took < 3*d {
				t.Errorf("a command within the window, read at %v, took %v; want at least %v", ex.Read, took, 3*d)
			}
		case took < 3*d:
			soon++
		}
	}
	if late == 0 || soon == 0 || len(log.Strikes) != 2 {
		t.Errorf("%d commands within the window and %d quick ones outside; strikes %+v", late, soon, log.Strikes)
	}
}

// A timeline that can't change at once is asked again at each edge of a window;
// that must not pile up.
func TestEdgesDoNotPileUp(t *testing.T) {
	l := openLink(t, quietly(t), in(toxic("latency", faults.Upstream, map[string]int64{"latency": 1}), faults.Window{For: time.Millisecond, Every: time.Hour}))
	c := call(t, l.Addr(), nil)
	defer c.Close()
	c.say(request("0-0"))
	c.take(answer)
	r := l.relays()[0]
	tl := r.timeline.Load()
	tl.mu.Lock()
	before := runtime.NumGoroutine()
	for range 1000 {
		r.retune()
	}
	if n := runtime.NumGoroutine() - before; n > 10 { // what else begins meanwhile
		t.Errorf("1000 edges started %d goroutines", n)
	}
	tl.mu.Unlock()
	eventually(t, "who waited has had its turn", func() bool { return !tl.asked.Load() })
}
