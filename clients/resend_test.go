package clients

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"syscall"
	"testing"

	"rstorm/results"
)

// resetsOnce executes every command, then resets it the first time if strike
// says so.
func resetsOnce(strike func(seq uint32) bool) func(*peer) {
	return func(p *peer) {
		for req := p.request(); req != nil; req = p.request() {
			if strike(p.seq(req)) && !p.again(req) {
				p.reset()
				return
			}
			p.say(whole)
		}
	}
}

// What is executed twice: retry does it to every command that is reset after
// execution, go-default to those GETs that met a used connection, and the
// others to none. The attempts on record are the requests the device received,
// and the resets on record those it made, to the unit.
func TestResendsAreOnRecord(t *testing.T) {
	struck := func(seq uint32) bool { return seq%10 >= 8 }
	for _, tt := range []struct {
		strategy  string
		twice, ok int
	}{
		{"naive", 0, 160}, {"close", 0, 160}, {"refresh", 0, 160}, {"retry", 40, 200},
		// Of each pair the PUT is reset and reported; the GET after it has a fresh connection.
		{"go-default", 0, 160},
	} {
		t.Run(tt.strategy, func(t *testing.T) {
			t.Parallel()
			s := serve(t, resetsOnce(struck))
			n := s.network()
			settings := kind(t, tt.strategy)
			if r, ok := settings.(Raw); ok {
				r.Backoff = 0
				settings = r
			}
			c := start(t, settings, n)
			ok, twice := 0, 0
			for seq := range uint32(200) {
				method := []string{"PUT", "GET"}[seq%2]
				r := do(t, c, command(method, seq))
				if r.Outcome == results.OK {
					ok++
				}
				received := s.count(method, seq)
				if received != len(r.Attempts) {
					t.Fatalf("%s %d: received %d times, on record: %s", method, seq, received, tell(r))
				}
				twice += received - 1
			}
			if ok != tt.ok || twice != tt.twice {
				t.Errorf("%d ok and %d executed twice, want %d and %d", ok, twice, tt.ok, tt.twice)
			}
			if got := n.Dialer.Counts(); got.Resets != s.resets || got.Dials != s.dials || got.Failed != 0 {
				t.Errorf("the dialer counted %+v, the device %d connections and %d resets", got, s.dials, s.resets)
			}
		})
	}
}

// Each GET of net/http that meets a reset on a used connection is executed
// twice and reported as one success: the resets show in the record only.
func TestHiddenResendsAreOnRecord(t *testing.T) {
	s := serve(t, resetsOnce(func(seq uint32) bool { return seq%2 == 1 }))
	n := s.network()
	c := start(t, GoDefault{}, n)
	hidden := 0
	for seq := range uint32(100) {
		r := do(t, c, command("GET", seq))
		if r.Outcome != results.OK || s.count("GET", seq) != len(r.Attempts) {
			t.Fatalf("GET %d: received %d times, on record: %s", seq, s.count("GET", seq), tell(r))
		}
		for _, a := range r.Attempts[:len(r.Attempts)-1] {
			if a.Outcome != results.Reset || !errors.Is(a.Err, syscall.ECONNRESET) || a.Phase != results.PhaseWait {
				t.Errorf("a hidden attempt ended %v in phase %s: %v", a.Outcome, a.Phase, a.Err)
			}
			hidden++
		}
	}
	if got := n.Dialer.Counts().Resets; hidden != 50 || got != 50 || s.resets != 50 {
		t.Errorf("%d hidden attempts, the dialer counted %d resets, the device %d; want 50 each", hidden, got, s.resets)
	}
}

// A hidden attempt on a connection that was closed in order is closed, not
// reset. The device closes once it holds the request.
func TestHiddenCloseIsOnRecord(t *testing.T) {
	s := serve(t, func(p *peer) {
		p.request()
		p.say(whole)
		p.request()
	})
	c := start(t, GoDefault{}, s.network())
	expect(t, do(t, c, command("GET", 0)), first)
	expect(t, do(t, c, command("GET", 1)), "ok 200: wait 1/2 closed; done 2/1 ok")
	expect(t, do(t, c, command("PUT", 2)), "closed 0: wait 2/2 closed")
}

// A resend that finds no way to the device is an attempt as well.
func TestResendThatIsRefused(t *testing.T) {
	s := serve(t, func(p *peer) {
		p.request()
		p.say(whole)
		p.request()
		p.server.listener.Close()
		p.reset()
	})
	c := start(t, GoDefault{}, s.network())
	expect(t, do(t, c, command("GET", 0)), first)
	expect(t, do(t, c, command("GET", 1)), "refused 0: wait 1/2 reset; connect 0/0 refused")
}

// Nothing listens: every attempt is refused while connecting.
func TestRefused(t *testing.T) {
	for _, name := range append(slices.Clone(every), "retry on refused") {
		t.Run(name, func(t *testing.T) {
			settings, want, failed := Strategy(Raw{Retry: Retry{When: Any, Attempts: 3, On: []Trigger{"refused"}}}),
				"refused 0: connect 0/0 refused; connect 0/0 refused; connect 0/0 refused", 3
			if name != "retry on refused" {
				settings, want, failed = kind(t, name), "refused 0: connect 0/0 refused", 1
			}
			s := serve(t, answers(whole))
			s.listener.Close()
			n := s.network()
			expect(t, do(t, start(t, settings, n), command("PUT", 0)), want)
			if got := n.Dialer.Counts(); got != (Counts{Failed: failed}) {
				t.Errorf("the dialer counted %+v, want %d failed dials", got, failed)
			}
		})
	}
}

// Only the methods and outcomes that are named are sent again.
func TestRetryIsSelective(t *testing.T) {
	for _, tt := range []struct {
		name string
		use  Retry
		want string
	}{
		{"another method", Retry{When: Any, Attempts: 3, On: []Trigger{"closed"}, Methods: []string{"GET", "HEAD"}}, "closed 0: wait 1/1 closed"},
		{"this method", Retry{When: Any, Attempts: 2, On: []Trigger{"closed"}, Methods: []string{"GET", "PUT"}}, "closed 0: wait 1/1 closed; wait 2/1 closed"},
		{"another outcome", Retry{When: Any, Attempts: 3, On: []Trigger{"reset"}}, "closed 0: wait 1/1 closed"},
		{"no word", Retry{Attempts: 3}, "closed 0: wait 1/1 closed"},
		{"the zero value", Retry{}, "closed 0: wait 1/1 closed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := serve(t, func(p *peer) { p.request() })
			expect(t, do(t, start(t, Raw{Retry: tt.use}, s.network()), command("PUT", 0)), tt.want)
		})
	}
}

// One socket reports one reset, however often it is asked.
func TestResetCountsOncePerConnection(t *testing.T) {
	s := serve(t, func(p *peer) {
		p.Read(make([]byte, 1))
		p.reset()
	})
	d := s.network().Dialer
	conn, err := d.Dial(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	io.WriteString(conn, "xx")
	for range 3 {
		if _, err := conn.Read(make([]byte, 1)); err == nil {
			t.Error("read from a connection that was reset")
		}
		conn.Write([]byte("x"))
	}
	if got, want := d.Counts(), (Counts{Dials: 1, Resets: 1}); got != want {
		t.Errorf("counted %+v, want %+v", got, want)
	}
	if sent := conn.sent.Load(); sent != 2 || conn.number != 1 {
		t.Errorf("connection %d took %d bytes, want 1 and 2", conn.number, sent)
	}
	if !errors.Is(conn.ended(), syscall.ECONNRESET) {
		t.Errorf("the first reset is %v, want ECONNRESET", conn.ended())
	}
}

// A dial that fails comes back as it is.
func TestFailedDialIsUntouched(t *testing.T) {
	want := &net.OpError{Op: "dial", Err: syscall.EHOSTUNREACH}
	d := NewDialer(func(context.Context) (net.Conn, error) { return nil, want })
	if _, err := d.Dial(context.Background()); err != error(want) {
		t.Errorf("got %v, want %v", err, want)
	}
	Plug(func(dial func(ctx context.Context, network, addr string) (net.Conn, error)) http.RoundTripper {
		if conn, err := dial(context.Background(), "tcp", "elsewhere:80"); conn != nil || err != error(want) {
			t.Errorf("a transport gets %v and %v, want nil and %v", conn, err, want)
		}
		return nil
	}).Client(Network{Dialer: d})
}
