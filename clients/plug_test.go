package clients

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"testing"

	"rstorm/results"
)

// tripper makes a round tripper of a function.
type tripper func(*http.Request) (*http.Response, error)

func (f tripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// with plugs a function that has the transport of go-default at hand.
func with(f func(http.RoundTripper, *http.Request) (*http.Response, error)) Strategy {
	return PlugNetwork(func(n Network) http.RoundTripper {
		t := netHTTP(n)
		return struct {
			tripper
			closer
		}{func(req *http.Request) (*http.Response, error) { return f(t, req) }, t}
	})
}

type closer interface{ CloseIdleConnections() }

// A transport of the user's own may be wrong in any way: the harness goes on.
func TestPlugSurvivesItsTransport(t *testing.T) {
	mine := errors.New("mine")
	for _, tt := range []struct {
		name string
		trip func(http.RoundTripper, *http.Request) (*http.Response, error)
		want string
		text string
	}{
		{"panics", func(http.RoundTripper, *http.Request) (*http.Response, error) { panic("ouch") },
			"failed 0:  0/0 failed", "carrying the command: the round tripper panicked: ouch"},
		{"returns nothing", func(http.RoundTripper, *http.Request) (*http.Response, error) { return nil, nil },
			"failed 0:  0/0 failed", "carrying the command: the round tripper returned neither an answer nor an error"},
		{"fails", func(http.RoundTripper, *http.Request) (*http.Response, error) { return nil, mine },
			"failed 0:  0/0 failed", "carrying the command: mine"},
		{"makes up an answer", func(http.RoundTripper, *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader("ok"))}, nil
		}, "ok 200: done 0/0 ok", ""},
		{"panics while the body is read", func(t http.RoundTripper, req *http.Request) (*http.Response, error) {
			resp, err := t.RoundTrip(req)
			if err == nil {
				resp.Body.Close()
				resp.Body = io.NopCloser(nil)
			}
			return resp, err
		}, "failed 0: body 1/1 failed", ""},
		{"sends again after a whole answer", func(t http.RoundTripper, req *http.Request) (*http.Response, error) {
			resp, err := t.RoundTrip(req)
			if err != nil {
				return nil, err
			}
			io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
			return t.RoundTrip(req)
		}, "ok 200: head 1/1 failed; done 1/2 ok", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := serve(t, answers(whole))
			r := do(t, start(t, with(tt.trip), s.network()), command("GET", 0))
			expect(t, r, tt.want)
			if tt.text != "" && r.Err.Error() != tt.text {
				t.Errorf("the error reads %q, want %q", r.Err, tt.text)
			}
		})
	}
}

// A resend of the user's own transport is seen too, and told by its connection.
func TestPlugShowsResends(t *testing.T) {
	s := serve(t, func(p *peer) {
		req := p.request()
		if !p.again(req) {
			p.reset()
			return
		}
		p.say(whole)
	})
	n := s.network()
	c := start(t, with(func(t http.RoundTripper, req *http.Request) (*http.Response, error) {
		if resp, err := t.RoundTrip(req); err == nil {
			return resp, nil
		}
		return t.RoundTrip(req)
	}), n)
	expect(t, do(t, c, command("GET", 0)), "ok 200: wait 1/1 reset; done 2/1 ok")
	if got := n.Dialer.Counts(); got != (Counts{Dials: 2, Resets: 1}) {
		t.Errorf("the dialer counted %+v", got)
	}
}

// A transport may hide in an error of its own how its connection ended; after
// the answer began that error is about the answer.
func TestPlugHidesTheError(t *testing.T) {
	mine := errors.New("mine")
	for _, tt := range []struct {
		name   string
		device func(*peer)
		want   string
	}{
		{"a reset", func(p *peer) { p.request(); p.reset() }, "reset 0: wait 1/1 reset"},
		{"a close", func(p *peer) { p.request() }, "closed 0: wait 1/1 closed"},
		{"an answer", func(p *peer) { p.request(); p.say("HTTP/1.1 200 OK\r\n\r\nok") }, "failed 0: head 1/1 failed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := start(t, with(func(t http.RoundTripper, req *http.Request) (*http.Response, error) {
				if resp, err := t.RoundTrip(req); err == nil {
					io.Copy(io.Discard, resp.Body)
					resp.Body.Close()
				}
				return nil, mine
			}), serve(t, tt.device).network())
			r := do(t, c, command("PUT", 0))
			expect(t, r, tt.want)
			if !errors.Is(r.Err, mine) {
				t.Errorf("the transport's own error is lost: %v", r.Err)
			}
		})
	}
}

// When one half of a transport has met a reset and closed the connection, the
// other half's error says only that it is closed.
func TestPlugClosesWhatWasReset(t *testing.T) {
	for _, tt := range []struct {
		answer, want string
	}{
		{"", "reset 0: send 1/1 reset"},
		{"HTTP/1.1 413 Too", "reset 0: head 1/1 reset"},
	} {
		t.Run(tt.want, func(t *testing.T) {
			n := serve(t, func(p *peer) {
				p.reader.ReadByte()
				p.say(tt.answer)
				p.reset()
			}).network()
			c := start(t, Plug(func(dial func(context.Context, string, string) (net.Conn, error)) http.RoundTripper {
				return tripper(func(req *http.Request) (*http.Response, error) {
					hooks := httptrace.ContextClientTrace(req.Context())
					hooks.GetConn("device:80")
					conn, err := dial(req.Context(), "tcp", "device:80")
					if err != nil {
						return nil, err
					}
					hooks.GotConn(httptrace.GotConnInfo{Conn: conn})
					if _, err := conn.Write([]byte("PUT")); err != nil {
						return nil, err
					}
					met, _ := io.Copy(io.Discard, conn) // to the reset, which the watch remembers
					if met > 0 {
						hooks.GotFirstResponseByte()
					}
					conn.Close()
					_, err = conn.Write([]byte("the rest"))
					return nil, err
				})
			}), n)
			r := do(t, c, command("PUT", 0))
			expect(t, r, tt.want)
			if !errors.Is(r.Err, net.ErrClosed) || results.Errno(r.Err) != "ECONNRESET" {
				t.Errorf("the error is named %q: %v", results.Errno(r.Err), r.Err)
			}
		})
	}
}

// A dial that fails in a way of its own is not told by the connection before.
func TestPlugFailsToDialAgain(t *testing.T) {
	n := serve(t, func(p *peer) { p.request(); p.reset() }).network()
	once := n.Dialer.dial
	n.Dialer.dial = func(ctx context.Context) (net.Conn, error) {
		if n.Dialer.Counts().Dials > 0 {
			return nil, errors.New("mine")
		}
		return once(ctx)
	}
	c := start(t, with(func(t http.RoundTripper, req *http.Request) (*http.Response, error) {
		t.RoundTrip(req)
		return t.RoundTrip(req)
	}), n)
	expect(t, do(t, c, command("GET", 0)), "failed 0: wait 1/1 reset; connect 0/0 failed")
}

// Hooks come from other goroutines of a transport: an answer may begin before
// the request is written, and what comes after the reply changes nothing in it.
func TestHooksComeInAnyOrder(t *testing.T) {
	var late *httptrace.ClientTrace
	c := start(t, Plug(func(func(context.Context, string, string) (net.Conn, error)) http.RoundTripper {
		return tripper(func(req *http.Request) (*http.Response, error) {
			late = httptrace.ContextClientTrace(req.Context())
			late.GetConn("device:80")
			late.GotConn(httptrace.GotConnInfo{})
			late.GotFirstResponseByte()
			late.WroteRequest(httptrace.WroteRequestInfo{})
			return nil, errors.New("mine")
		})
	}), Network{Host: "device", Dialer: NewDialer(nil)})
	r := do(t, c, command("GET", 0))
	expect(t, r, "failed 0: head 0/0 failed")
	late.GotConn(httptrace.GotConnInfo{})
	late.GetConn("device:80")
	late.GotConn(httptrace.GotConnInfo{})
	expect(t, r, "failed 0: head 0/0 failed")
}

// A transport that sends again while its connection lives does not tell why.
func TestUnexplainedResend(t *testing.T) {
	c := start(t, Plug(func(func(context.Context, string, string) (net.Conn, error)) http.RoundTripper {
		return tripper(func(req *http.Request) (*http.Response, error) {
			hooks := httptrace.ContextClientTrace(req.Context())
			hooks.GetConn("device:80")
			conn := &Conn{number: 1}
			hooks.GotConn(httptrace.GotConnInfo{Conn: conn})
			conn.sent.Add(1)
			hooks.WroteRequest(httptrace.WroteRequestInfo{})
			hooks.GetConn("device:80")
			return nil, errors.New("mine")
		})
	}), Network{Host: "device", Dialer: NewDialer(nil)})
	r := do(t, c, command("GET", 0))
	expect(t, r, "failed 0: wait 1/1 failed; connect 0/0 failed")
	if !errors.Is(r.Attempts[0].Err, errResent) {
		t.Errorf("the hidden attempt ended with %v", r.Attempts[0].Err)
	}
}

// The connection of an answer that was not read to its end does not outlive
// its client.
func TestUnreadAnswerIsLetGo(t *testing.T) {
	for _, name := range every {
		t.Run(name, func(t *testing.T) {
			s := serve(t, func(p *peer) {
				p.request()
				p.say("HTTP/1.1 200 OK\r\nX-Command-Id: 9-9\r\nContent-Length: 10\r\n\r\n")
				p.reader.ReadByte() // ends with the connection
				p.server.event <- struct{}{}
			})
			c := kind(t, name).Client(s.network())
			expect(t, c.Do(t.Context(), command("GET", 0)), "failed 200: head 1/1 failed") // nothing ends the context
			c.Close()
			s.wait()
		})
	}
}

// Closing a client closes what its transport keeps, once.
func TestCloseReachesTheTransport(t *testing.T) {
	closed := 0
	s := Plug(func(func(context.Context, string, string) (net.Conn, error)) http.RoundTripper {
		return struct {
			tripper
			idle
		}{nil, func() { closed++ }}
	})
	s.Client(Network{}).Close()
	if closed != 1 {
		t.Errorf("closed the idle connections %d times, want 1", closed)
	}
}

type idle func()

func (f idle) CloseIdleConnections() { f() }

// No request of net/http asks for compression, which would hide the body that
// was sent, or carries an idempotency key, which would change what is resent.
func TestGoDefaultRequest(t *testing.T) {
	headers := make(chan http.Header, 1)
	s := serve(t, func(p *peer) {
		if req := p.request(); req != nil {
			headers <- req.Header
			p.say(whole)
		}
	})
	if r := do(t, start(t, GoDefault{}, s.network()), command("PUT", 3)); r.Outcome != results.OK {
		t.Fatal(tell(r), r.Err)
	}
	h := <-headers
	for name, want := range map[string]string{results.IDHeader: "0-3", "Content-Type": bodyType, "Content-Length": "14",
		"Accept-Encoding": "", "Idempotency-Key": "", "X-Idempotency-Key": "", "Connection": ""} {
		if got := h.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}
