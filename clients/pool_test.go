package clients

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"testing"

	"rstorm/results"
)

// together carries commands at once and returns their replies in order.
func together(t *testing.T, c Client, cmds ...results.Command) []results.Reply {
	replies := make([]results.Reply, len(cmds))
	var running sync.WaitGroup
	for i, cmd := range cmds {
		running.Go(func() { replies[i] = do(t, c, cmd) })
	}
	running.Wait()
	return replies
}

// commands are n commands of a method, with places from the given one on.
func commands(method string, from, n int) []results.Command {
	var all []results.Command
	for i := range n {
		all = append(all, command(method, uint32(from+i)))
	}
	return all
}

// crowded answers requests in rounds: each round of n once all of it has come.
func crowded(n int) func(*peer) {
	var mu sync.Mutex
	waiting := make(chan struct{})
	came := 0
	arrive := func() <-chan struct{} {
		mu.Lock()
		defer mu.Unlock()
		round := waiting
		if came++; came%n == 0 {
			close(round)
			waiting = make(chan struct{})
		}
		return round
	}
	return func(p *peer) {
		for req := p.request(); req != nil; req = p.request() {
			select {
			case <-arrive():
			case <-p.server.shut:
				return
			}
			p.say("HTTP/1.1 200 OK\r\nX-Command-Id: " + req.Header.Get("X-Command-Id") + "\r\nContent-Length: 2\r\n\r\nok")
		}
	}
}

// connections lists those that carried the replies, sorted.
func connections(replies []results.Reply) []int {
	var all []int
	for _, r := range replies {
		all = append(all, r.Attempts[len(r.Attempts)-1].Connection)
	}
	slices.Sort(all)
	return all
}

// As many commands as are under way at once, so many connections: those that
// keep them use them again, the others open as many anew.
func TestCommandsAtOnceHaveAConnectionEach(t *testing.T) {
	const n = 5
	for _, name := range every {
		t.Run(name, func(t *testing.T) {
			if name == "refresh" {
				t.Skip("it ends what others have under way")
			}
			t.Parallel()
			s := serve(t, crowded(n))
			network := s.network()
			c := start(t, kind(t, name), network)
			for round := range 3 {
				replies := together(t, c, commands("PUT", n*round, n)...)
				for i, r := range replies {
					if r.Outcome != results.OK || len(r.Attempts) != 1 {
						t.Errorf("command %d: %s: %v", i, tell(r), r.Err)
					}
				}
				want := []int{1, 2, 3, 4, 5}
				if slices.Contains(fresh, name) {
					want = []int{n*round + 1, n*round + 2, n*round + 3, n*round + 4, n*round + 5}
				}
				// net/http keeps two idle connections for a host.
				if got := connections(replies); !slices.Equal(got, want) && name != "go-default" {
					t.Errorf("round %d went over connections %v, want %v", round, got, want)
				}
			}
			if got := network.Dialer.Counts(); got.Resets != 0 || got.Failed != 0 || got.Dials != s.dials {
				t.Errorf("the dialer counted %+v, the device %d connections", got, s.dials)
			}
		})
	}
}

// The connection that rested last is used first: the others are left to grow
// old.
func TestTheConnectionUsedLastIsUsedFirst(t *testing.T) {
	s := serve(t, func(p *peer) {
		for req := p.request(); req != nil; req = p.request() {
			p.server.event <- struct{}{}
			if req.Method == http.MethodPut { // answered when the test says so
				select {
				case <-p.server.shut:
					return
				case <-p.server.gate:
				}
			}
			p.say(whole)
		}
	})
	c := start(t, Raw{}, s.network())
	held := make(chan results.Reply, 1)
	go func() { held <- do(t, c, command("PUT", 0)) }()
	s.wait()
	expect(t, do(t, c, command("GET", 1)), anew)
	s.gate <- struct{}{}
	expect(t, <-held, first)
	for seq, want := range []string{second, third} {
		expect(t, do(t, c, command("GET", uint32(seq+2))), want)
	}
}

// Whatever the number of callers, everyone gets the answer to his own command,
// every attempt says which connection it was on, and no request is on the wire
// that is not on record.
func TestNobodyGetsAnothersAnswer(t *testing.T) {
	const callers, each = 8, 40
	for _, protocol := range []results.Protocol{results.HTTP, results.H2C} {
		for _, name := range every {
			t.Run(string(protocol)+"/"+name, func(t *testing.T) {
				if name == "refresh" {
					t.Skip("it ends what others have under way")
				}
				t.Parallel()
				resends := name == "go-close" && protocol.HTTP2() // see GoClose
				n, from := addressed(t, protocol)
				c := start(t, kind(t, name), n)
				var running sync.WaitGroup
				for caller := range uint32(callers) {
					running.Go(func() {
						for seq := range uint32(each) {
							cmd := results.Command{ID: results.CommandID{Client: caller, Seq: seq}, Method: "GET", Target: "/query/state"}
							r := do(t, c, cmd)
							if r.Outcome != results.OK || len(r.Attempts) != 1 && !resends {
								t.Errorf("%v: %s: %v", cmd.ID, tell(r), r.Err)
								return
							}
							if a := r.Attempts[len(r.Attempts)-1]; from(cmd.ID) != a.Local {
								t.Errorf("%v came from %v, and says %v", cmd.ID, from(cmd.ID), a.Local)
							}
						}
					})
				}
				running.Wait()
				if got := n.Dialer.Counts(); (name == "naive" || name == "events") && got.Dials > callers {
					t.Errorf("%d connections for %d callers", got.Dials, callers)
				}
			})
		}
	}
}

// addressed is a server of net/http that tells from where a command came. It
// echoes the id, and the body says it as well.
func addressed(t *testing.T, protocol results.Protocol) (Network, func(results.CommandID) netip.AddrPort) {
	var mu sync.Mutex
	seen := map[string]netip.AddrPort{}
	n := handled(t, protocol, func(w http.ResponseWriter, r *http.Request) {
		id := r.Header.Get(results.IDHeader)
		mu.Lock()
		seen[id] = netip.MustParseAddrPort(r.RemoteAddr)
		mu.Unlock()
		w.Header().Set(results.IDHeader, id)
		io.WriteString(w, id)
	})
	return n, func(id results.CommandID) netip.AddrPort {
		mu.Lock()
		defer mu.Unlock()
		return seen[id.String()]
	}
}

// A reset of several connections counts once for each.
func TestResetsOfSeveralConnectionsAreCounted(t *testing.T) {
	const n = 6
	for _, name := range []string{"naive", "close", "go-default"} {
		s := serve(t, func(p *peer) {
			p.request()
			p.reset()
		})
		network := s.network()
		c := start(t, kind(t, name), network)
		for i, r := range together(t, c, commands("PUT", 0, n)...) {
			if r.Outcome != results.Reset {
				t.Errorf("%s: command %d: %s", name, i, tell(r))
			}
		}
		if got, want := network.Dialer.Counts(), (Counts{Dials: n, Resets: n}); got != want {
			t.Errorf("%s: the dialer counted %+v, want %+v", name, got, want)
		}
	}
}

// A client that is closed closes all of its idle connections, and no reader of
// theirs is left.
func TestCloseEndsEveryIdleConnection(t *testing.T) {
	const n = 4
	for _, name := range []string{"naive", "peek", "events", "settle", "close-header-only", "go-default"} {
		rounds := crowded(n)
		s := serve(t, func(p *peer) {
			rounds(p) // ends with the connection
			p.server.event <- struct{}{}
		})
		c := kind(t, name).Client(s.network())
		for _, r := range together(t, c, commands("GET", 0, n)...) {
			if r.Outcome != results.OK {
				t.Fatalf("%s: %s: %v", name, tell(r), r.Err)
			}
		}
		c.Close()
		for range n {
			s.wait()
		}
	}
}

// A question of the client's own goes over a fresh connection, which its
// commands use later, has no id, and is not looked for in the answer.
func TestAQuestion(t *testing.T) {
	for _, protocol := range []results.Protocol{results.HTTP, results.HTTPS, results.H2, results.H2C} {
		n := handled(t, protocol, func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprintf(w, "%s %s %q", r.Method, r.URL, r.Header.Values(results.IDHeader))
		})
		c := start(t, Raw{}, n).(*raw)
		expect(t, do(t, c, command("PUT", 0)), first)
		status, text := question(t, c, "/query/state?a=b")
		if status != 200 || text != "GET /query/state?a=b []" {
			t.Errorf("%s: got %d %q", protocol, status, text)
		}
		expect(t, do(t, c, command("PUT", 1)), "ok 200: done 2/2 ok")
	}
}

// An answer to a question is bounded, whole, and nobody else's.
func TestAnAnswerThatIsNone(t *testing.T) {
	for name, tt := range map[string]struct {
		answer string
		want   results.Outcome
	}{
		"too long":          {fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", maxAsked+1, make([]byte, maxAsked+1)), results.Failed},
		"cut":               {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nok", results.Truncated},
		"another command's": {"HTTP/1.1 200 OK\r\nX-Command-Id: 9-9\r\nContent-Length: 2\r\n\r\nok", results.Failed},
	} {
		n := serve(t, func(p *peer) { p.request(); p.say(tt.answer) }).network()
		ctx, cancel := context.WithTimeout(t.Context(), giveUp)
		defer cancel()
		if _, err := start(t, Raw{}, n).(*raw).ask(ctx, "/query/state", io.Discard); results.Classify(err) != tt.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// question asks within the give-up time.
func question(t *testing.T, c *raw, target string) (int, string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), giveUp)
	defer cancel()
	var text writer
	status, err := c.ask(ctx, target, &text)
	if err != nil {
		t.Fatal(err)
	}
	return status, string(text)
}

type writer []byte

func (w *writer) Write(p []byte) (int, error) {
	*w = append(*w, p...)
	return len(p), nil
}
