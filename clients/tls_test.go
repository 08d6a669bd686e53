package clients

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"rstorm/results"
)

// certified is the TLS of a server, and of a client that trusts it.
func certified(t testing.TB, protocol results.Protocol) (server, client *tls.Config) {
	s := httptest.NewUnstartedServer(nil)
	s.StartTLS()
	s.Close()
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	alpn := "http/1.1"
	if protocol.HTTP2() {
		alpn = "h2"
	}
	return &tls.Config{Certificates: s.TLS.Certificates, NextProtos: []string{alpn}}, &tls.Config{RootCAs: roots}
}

// serveTLS plays a script over TLS. The peer's own methods reach under it.
func serveTLS(t *testing.T, script func(*peer, *tls.Conn)) (*server, Network) {
	config, trust := certified(t, results.HTTPS)
	s := serve(t, func(p *peer) {
		conn := tls.Server(p.TCPConn, config)
		if conn.Handshake() == nil {
			p.reader = bufio.NewReader(conn)
			script(p, conn)
		}
	})
	n := s.network()
	n.Protocol, n.TLS = results.HTTPS, trust
	return s, n
}

// hello reads a ClientHello whole: the server's close after it is no reset.
func (p *peer) hello() {
	record := make([]byte, 5)
	if _, err := io.ReadFull(p, record); err == nil {
		io.CopyN(io.Discard, p, int64(record[3])<<8|int64(record[4]))
	}
}

// Every death in the handshake shows as such, before any request.
func TestHandshakeDies(t *testing.T) {
	for _, tt := range []struct {
		name     string
		device   func(*peer)
		protocol results.Protocol
		outcome  results.Outcome
		errno    string
	}{
		{"reset", func(p *peer) { p.hello(); p.reset() }, results.HTTPS, results.Reset, "ECONNRESET"},
		{"reset of HTTP/2", func(p *peer) { p.hello(); p.reset() }, results.H2, results.Reset, "ECONNRESET"},
		{"close", (*peer).hello, results.HTTPS, results.Closed, "EOF"},
		{"close of HTTP/2", (*peer).hello, results.H2, results.Closed, "EOF"},
		{"close within a record", func(p *peer) { p.hello(); p.say("\x16\x03\x03\x00\x50\x02") }, results.HTTPS, results.Closed, "EOF"},
		{"alert", func(p *peer) { p.hello(); p.say("\x15\x03\x03\x00\x02\x02\x28") }, results.HTTPS, results.Failed, "alert"},
		{"alert to HTTP/2", func(p *peer) { p.hello(); p.say("\x15\x03\x03\x00\x02\x02\x78") }, results.H2, results.Failed, "alert"},
		{"no TLS", func(p *peer) { p.hello(); p.say("HTTP/1.1 400 Bad Request\r\n\r\n") }, results.HTTPS, results.Failed, ""},
	} {
		for _, name := range every {
			t.Run(tt.name+"/"+name, func(t *testing.T) {
				t.Parallel()
				settings := kind(t, name)
				if raw, ok := settings.(Raw); ok {
					raw.Retry = Retry{}
					settings = raw
				}
				n := serve(t, tt.device).network()
				n.Protocol = tt.protocol
				r := do(t, start(t, settings, n), command("PUT", 0))
				expect(t, r, tt.outcome.String()+" 0: handshake 1/0 "+tt.outcome.String())
				if got := results.Errno(r.Err); got != tt.errno {
					t.Errorf("the error is named %q, want %q: %v", got, tt.errno, r.Err)
				}
			})
		}
	}
}

// The limit on connecting covers the handshake.
func TestHandshakeTakesTooLong(t *testing.T) {
	n := serve(t, func(p *peer) { p.hello(); p.hold() }).network()
	n.Protocol = results.HTTPS
	c := start(t, Raw{Reuse: Fresh, ConnectTimeout: 50 * time.Millisecond}, n)
	expect(t, do(t, c, command("GET", 0)), "timed-out 0: handshake 1/0 timed-out")
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	expect(t, start(t, Raw{}, n).Do(ctx, command("GET", 0)), "timed-out 0: handshake 2/0 timed-out")
}

// A device that nobody vouches for gets no command.
func TestCertificateIsVerified(t *testing.T) {
	for _, name := range every {
		_, n := serveTLS(t, func(p *peer, _ *tls.Conn) { answers(whole)(p) })
		n.TLS = &tls.Config{RootCAs: x509.NewCertPool()}
		r := do(t, start(t, kind(t, name), n), command("PUT", 0))
		expect(t, r, "failed 0: handshake 1/0 failed")
		if _, ok := errors.AsType[*tls.CertificateVerificationError](r.Err); !ok || results.Errno(r.Err) != "" {
			t.Errorf("%s: got %v", name, r.Err)
		}
	}
}

// The device refuses the client once that believes the handshake over, as TLS
// 1.3 has it.
func TestAlertAfterTheHandshake(t *testing.T) {
	config, trust := certified(t, results.HTTPS)
	config.ClientAuth = tls.RequireAnyClientCert
	s := serve(t, func(p *peer) {
		tls.Server(p.TCPConn, config).Handshake()
		p.hold()
	})
	n := s.network()
	n.Protocol, n.TLS = results.HTTPS, trust
	r := do(t, start(t, Raw{}, n), command("PUT", 0))
	expect(t, r, "failed 0: wait 1/1 failed")
	if results.Errno(r.Err) != "alert" {
		t.Errorf("got %v", r.Err)
	}
}

// How a device ends what began well, over TLS, and what becomes of it.
func TestTLSDies(t *testing.T) {
	const part = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nok"
	const open = "HTTP/1.1 200 OK\r\n\r\nok"
	for _, tt := range []struct {
		name   string
		device func(*peer, *tls.Conn)
		want   string
	}{
		{"close_notify before the answer", func(_ *peer, conn *tls.Conn) { conn.Close() }, "closed 0: wait 1/1 closed"},
		{"FIN before the answer", func(*peer, *tls.Conn) {}, "closed 0: wait 1/1 closed"},
		{"FIN within the answer's first record", func(p *peer, _ *tls.Conn) { p.say("\x17\x03\x03\x00\x50\x02") }, "closed 0: wait 1/1 closed"},
		{"RST before the answer", func(p *peer, _ *tls.Conn) { p.reset() }, "reset 0: wait 1/1 reset"},
		{"close_notify in the body", func(_ *peer, conn *tls.Conn) { io.WriteString(conn, part); conn.Close() }, "truncated 200: body 1/1 truncated"},
		{"FIN in the body", func(_ *peer, conn *tls.Conn) { io.WriteString(conn, part) }, "truncated 200: body 1/1 truncated"},
		{"FIN in the head", func(_ *peer, conn *tls.Conn) { io.WriteString(conn, part[:len(part)-4]) }, "truncated 0: head 1/1 truncated"},
		{"RST in the body", func(p *peer, conn *tls.Conn) { io.WriteString(conn, part); p.reset() }, "reset 200: body 1/1 reset"},
		{"close_notify ends the body", func(_ *peer, conn *tls.Conn) { io.WriteString(conn, open); conn.Close() }, "ok 200: done 1/1 ok"},
	} {
		for _, name := range every {
			t.Run(tt.name+"/"+name, func(t *testing.T) {
				t.Parallel()
				_, n := serveTLS(t, func(p *peer, conn *tls.Conn) {
					p.request()
					tt.device(p, conn)
				})
				settings := kind(t, name)
				if raw, ok := settings.(Raw); ok {
					raw.Retry = Retry{}
					settings = raw
				}
				expect(t, do(t, start(t, settings, n), command("PUT", 0)), tt.want)
			})
		}
	}
}

// Without a close_notify nobody knows whether a body of unknown length is whole
// (RFC 9112 section 9.8). net/http takes it for whole.
func TestBodyThatOnlyAFINEnds(t *testing.T) {
	for name, want := range map[string]string{
		"naive": "truncated 200: body 1/1 truncated", "close": "truncated 200: body 1/1 truncated", "go-default": first,
	} {
		_, n := serveTLS(t, func(p *peer, conn *tls.Conn) {
			p.request()
			io.WriteString(conn, "HTTP/1.1 200 OK\r\n\r\nok")
		})
		expect(t, do(t, start(t, kind(t, name), n), command("GET", 0)), want)
	}
}

// A client that closes says so to TLS, whatever it speaks.
func TestCloseNotify(t *testing.T) {
	for _, protocol := range []results.Protocol{results.HTTPS, results.H2} {
		for _, name := range []string{"naive", "retry", "close", "refresh"} {
			t.Run(string(protocol)+"/"+name, func(t *testing.T) {
				config, trust := certified(t, protocol)
				ends := make(chan error, 1)
				n := serve(t, func(p *peer) {
					conn := &Conn{Conn: p.TCPConn, dialer: NewDialer(nil)}
					over := &session{tls.Server(conn, config), conn}
					p.reader = bufio.NewReader(over)
					if protocol.HTTP2() {
						h := &h2peer{peer: p, conn: over}
						h.greet()
						h.answer(h.request())
					} else {
						p.request()
						io.WriteString(over, whole)
					}
					_, err := io.Copy(io.Discard, p.reader)
					ends <- err
				}).network()
				n.Protocol, n.TLS = protocol, trust
				c := kind(t, name).Client(n)
				expect(t, do(t, c, command("GET", 0)), first)
				c.Close()
				if err := <-ends; err != nil {
					t.Errorf("the device's end of file came as %v", err)
				}
			})
		}
	}
}

// A command that runs out of time waits for no close_notify: its write may be
// what the connection is stuck in.
func TestInterruptedTLSOnlyCloses(t *testing.T) {
	config, trust := certified(t, results.HTTPS)
	ends := make(chan error, 1)
	n := serve(t, func(p *peer) {
		conn := &Conn{Conn: p.TCPConn, dialer: NewDialer(nil)}
		_, err := io.Copy(io.Discard, &session{tls.Server(conn, config), conn})
		ends <- err
	}).network()
	n.Protocol, n.TLS = results.HTTPS, trust
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	expect(t, start(t, Raw{}, n).Do(ctx, command("PUT", 0)), "timed-out 0: wait 1/1 timed-out")
	if err := <-ends; err != io.ErrUnexpectedEOF {
		t.Errorf("the device's end of file came as %v", err)
	}
}

// Real servers of net/http serve every strategy over every protocol; what keeps
// its connection does so.
func TestEveryProtocol(t *testing.T) {
	for _, protocol := range []results.Protocol{results.HTTPS, results.H2, results.H2C} {
		for _, name := range every {
			t.Run(string(protocol)+"/"+name, func(t *testing.T) {
				t.Parallel()
				n, seen := standard(t, protocol)
				c := start(t, kind(t, name), n)
				want := []string{first, second, third}
				if slices.Contains(fresh, name) || name == "close-header-only" && !protocol.HTTP2() { // the server obeys
					want = []string{first, anew, "ok 200: done 3/1 ok"}
				}
				for i, method := range []string{"PUT", "GET", "PUT"} {
					expect(t, do(t, c, command(method, uint32(i))), want[i])
					req := <-seen
					if req.id != (results.CommandID{Seq: uint32(i)}).String() || (req.body != "") != (method == "PUT") ||
						(req.major == 2) != protocol.HTTP2() || req.tls != protocol.TLS() || req.unique != strings.HasSuffix(name, "refresh") {
						t.Errorf("the device saw %+v", req)
					}
				}
				if got := n.Dialer.Counts(); got.Resets != 0 || got.Failed != 0 {
					t.Errorf("the dialer counted %+v", got)
				}
			})
		}
	}
}

// A sight is what a server saw of a request.
type sight struct {
	id, body    string
	major       int
	tls, unique bool
}

// standard is a server of net/http; it tells what it sees, echoes the id and
// gives a digest.
func standard(t testing.TB, protocol results.Protocol) (Network, <-chan sight) {
	seen := make(chan sight, 10)
	n := handled(t, protocol, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		seen <- sight{r.Header.Get(results.IDHeader), string(body), r.ProtoMajor, r.TLS != nil, r.FormValue(uniqueParameter) != ""}
		w.Header().Set(results.IDHeader, r.Header.Get(results.IDHeader))
		w.Header().Set("Content-Digest", digestOfOK)
		io.WriteString(w, "ok")
	})
	return n, seen
}

// handled is a server of net/http.
func handled(t testing.TB, protocol results.Protocol, handler http.HandlerFunc) Network {
	s := httptest.NewUnstartedServer(handler)
	s.Config.Protocols = new(http.Protocols)
	s.Config.Protocols.SetHTTP1(!protocol.HTTP2())
	s.Config.Protocols.SetUnencryptedHTTP2(protocol == results.H2C)
	s.EnableHTTP2 = protocol == results.H2
	s.Config.Protocols.SetHTTP2(protocol == results.H2)
	n := Network{Protocol: protocol, Seed: 7}
	if protocol.TLS() {
		s.StartTLS()
		roots := x509.NewCertPool()
		roots.AddCert(s.Certificate())
		n.TLS = &tls.Config{RootCAs: roots}
	} else {
		s.Start()
	}
	t.Cleanup(s.Close)
	n.Host = s.Listener.Addr().String()
	n.Dialer = dialTo(n.Host)
	return n
}
