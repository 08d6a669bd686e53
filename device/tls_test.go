package device

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"rstorm/faults"
	"rstorm/results"
)

// encrypted lists the two that are.
var encrypted = []results.Protocol{results.HTTPS, results.H2}

// switchOnSpeaking starts a device that speaks p.
func switchOnSpeaking(t *testing.T, p results.Protocol, profile Profile) *Device {
	t.Helper()
	return switchOnConfigured(t, Config{Profile: profile, Seed: 1, Protocol: p}, clock{now: sinceNow(), wait: faults.Wait})
}

func switchOnConfigured(t *testing.T, cfg Config, c clock) *Device {
	t.Helper()
	d, err := start(cfg, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// transport is net/http's client for d. It gives up no connection by itself.
func transport(t *testing.T, d *Device) *http.Transport {
	t.Helper()
	tr := &http.Transport{Protocols: new(http.Protocols), TLSClientConfig: &tls.Config{RootCAs: d.Roots()}}
	switch d.speaks {
	case results.H2:
		tr.Protocols.SetHTTP2(true)
	case results.H2C:
		tr.Protocols.SetUnencryptedHTTP2(true)
	default:
		tr.Protocols.SetHTTP1(true)
	}
	t.Cleanup(tr.CloseIdleConnections)
	return tr
}

// request makes one of the two for d.
func newRequest(t *testing.T, d *Device, method, id string, body io.Reader) *http.Request {
	t.Helper()
	path := "/query/state"
	if method == http.MethodPut {
		path = "/put/ctrl"
	}
	r, err := http.NewRequestWithContext(t.Context(), method, d.speaks.Scheme()+"://"+d.Addr()+path, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set(results.IDHeader, id)
	return r
}

// exchange sends a request and reads the answer whole.
func roundTrip(tr *http.Transport, r *http.Request) (*http.Response, string, error) {
	answer, err := tr.RoundTrip(r)
	if err != nil {
		return nil, "", err
	}
	content, err := io.ReadAll(answer.Body)
	return answer, string(content), errors.Join(err, answer.Body.Close())
}

// used lists the connections on which a request came. Over HTTP/2 net/http
// opens one more now and then, and closes it without a use.
func used(d *Device) (numbers []int) {
	for _, c := range d.Connections() {
		if c.Command != "" {
			numbers = append(numbers, c.Number)
		}
	}
	return numbers
}

func TestNetHTTPIsServedOverEachProtocol(t *testing.T) {
	for _, name := range results.HTTP.Names() {
		t.Run(name, func(t *testing.T) {
			d := switchOnSpeaking(t, results.Protocol(name), Profile{})
			tr := transport(t, d)
			for i, r := range []*http.Request{
				newRequest(t, d, "PUT", "0-1", strings.NewReader("on")),
				newRequest(t, d, "GET", "0-2", nil),
				newRequest(t, d, "PUT", "0-3", strings.NewReader(strings.Repeat("x", maxBody))),
			} {
				answer, content, err := roundTrip(tr, r)
				if err != nil {
					t.Fatal(err)
				}
				id := r.Header.Get(results.IDHeader)
				if answer.StatusCode != 200 || answer.Header.Get(results.IDHeader) != id || !strings.HasSuffix(content, "}") ||
					answer.Header.Get("Content-Digest") != digest([]byte(content)) || answer.ContentLength != int64(len(content)) {
					t.Errorf("%s: %+v %q", id, answer, content)
				}
				if executions(d, id) != 1 || d.Ledger()[i].Exchange != i+1 {
					t.Errorf("ledger %+v", d.Ledger())
				}
				if http2 := d.speaks.HTTP2(); (answer.ProtoMajor == 2) != http2 || (answer.TLS != nil) != d.speaks.TLS() {
					t.Errorf("spoke %s, TLS %+v", answer.Proto, answer.TLS)
				}
			}
			tr.CloseIdleConnections()
			on := used(d)
			if len(on) != 1 {
				t.Fatalf("connections %+v", d.Connections())
			}
			if got := ended(t, d, on[0]); got.Ended != ClientClosed || got.Exchanges != 3 {
				t.Errorf("connection %+v", got)
			}
		})
	}
}

// secure makes a TLS client of a bare connection; it has shaken hands.
func (c *client) secure(d *Device) *tls.Conn {
	c.t.Helper()
	s := tls.Client(c.TCPConn, &tls.Config{RootCAs: d.Roots(), ServerName: "localhost", NextProtos: d.tls.NextProtos})
	if err := s.Handshake(); err != nil {
		c.t.Fatal(err)
	}
	return s
}

// dialOver makes a client that speaks HTTP/1.1 over what d has beneath it.
func dialOver(t *testing.T, d *Device) *client {
	t.Helper()
	c := dial(t, d)
	if d.speaks.TLS() {
		s := c.secure(d)
		c.in, c.out = bufio.NewReader(s), s
	}
	return c
}

// handshakeShape is what an effect in the handshake looks like to a TLS client.
type handshakeShape struct {
	fault    faults.Fault
	end      error
	ended    Ending
	executed int
}

var handshakes = []handshakeShape{
	{faults.Fault{Effect: faults.Reset}, errReset, "reset at handshake", 0},
	{faults.Fault{Effect: faults.Close}, errReset, "close at handshake", 0}, // the ClientHello lies unread
	{faults.Fault{Effect: faults.Alert, Code: 40}, tls.AlertError(40), "alert at handshake", 0},
	{faults.Fault{Effect: faults.Alert, Code: 80}, tls.AlertError(80), "alert at handshake", 0},
	{faults.Fault{Effect: faults.Hold, Delay: faults.After(42 * time.Millisecond)}, nil, ClientClosed, 1},
	{faults.Fault{Effect: faults.Stall, Delay: faults.After(time.Millisecond)}, nil, ClientClosed, 1},
}

func TestEveryEffectInTheHandshake(t *testing.T) {
	for _, protocol := range encrypted {
		for _, s := range handshakes {
			f := s.fault
			f.Point = faults.Handshake
			t.Run(fmt.Sprintf("%s %s %d", protocol, f.Effect, f.Code), func(t *testing.T) {
				d := switchOnSpeaking(t, protocol, Profile{Faults: []faults.Fault{f}})
				tr := transport(t, d)
				_, _, err := roundTrip(tr, newRequest(t, d, "PUT", "0-1", nil))
				tr.CloseIdleConnections()
				if code, alerted := s.end.(tls.AlertError); alerted {
					var op *net.OpError // crypto/tls has no other type for it
					if !errors.As(err, &op) || op.Op != "remote error" || op.Err.Error() != code.Error() {
						t.Errorf("the client met %v, want alert %d", err, code)
					}
				} else if !errors.Is(err, s.end) {
					t.Errorf("the client met %v, want %v", err, s.end)
				}
				got := ended(t, d, 1)
				if got.Ended != s.ended || executions(d, "0-1") != s.executed {
					t.Errorf("connection %+v, executed %d times", got, executions(d, "0-1"))
				}
			})
		}
	}
}

func TestAStallInTheHandshakeLastsUntilTheClientGoes(t *testing.T) {
	d := switchOnSpeaking(t, results.HTTPS, Profile{Faults: []faults.Fault{{Effect: faults.Stall, Point: faults.Handshake}}})
	c := dial(t, d)
	hello := "\x16\x03\x01 the rest does not matter"
	c.send(hello)
	lying(t, d, 1, len(hello))
	c.reset()
	if got := ended(t, d, 1); got.Ended != ClientReset {
		t.Errorf("ended as %q", got.Ended)
	}
}

// overheard is what arrives on a socket, kept as it is.
type overheard struct {
	net.Conn
	arrived []byte
}

func (r *overheard) Read(b []byte) (int, error) {
	n, err := r.Conn.Read(b)
	r.arrived = append(r.arrived, b[:n]...)
	return n, err
}

// records lists the types of the TLS records that arrived.
func (r *overheard) records() (types []byte) {
	for b := r.arrived; len(b) >= 5; {
		types = append(types, b[0])
		b = b[min(len(b), 5+int(b[3])<<8+int(b[4])):]
	}
	return types
}

// meetTLS is the client's side of s over TLS 1.2, in which the type of every
// record shows.
func (s shape) meetTLS(t *testing.T, d *Device) (received string, end error, notified bool) {
	t.Helper()
	c, err := tryDial(t, d)
	if err != nil {
		return "", err, false
	}
	defer c.Close()
	on := &overheard{Conn: c.TCPConn}
	secured := tls.Client(on, &tls.Config{RootCAs: d.Roots(), ServerName: "localhost", MaxVersion: tls.VersionTLS12})
	if s.point == faults.Connect && s.finish && s.effect == faults.Stall {
		c.send("\x16")
		c.must(c.CloseWrite()) // no handshake comes
		_, err := c.rest()
		return "", err, false
	}
	if err := secured.Handshake(); err != nil {
		return "", err, false
	}
	if _, err := io.WriteString(secured, put("0-1")); err != nil {
		t.Fatal(err)
	}
	if s.finish {
		c.must(c.CloseWrite())
	}
	b, err := io.ReadAll(secured)
	if err == nil {
		err = io.EOF
	}
	types := on.records()
	return string(b), err, types[len(types)-1] == recordAlert
}

func (c *client) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func TestEveryEffectAtEveryPointOverTLS(t *testing.T) {
	for _, s := range shapes {
		t.Run(string(s.effect)+" at "+string(s.point), func(t *testing.T) {
			if s.point == faults.Connect && s.effect == faults.Close {
				s.end = nil // EOF, or a reset where the ClientHello has arrived
			}
			f, clock := s.fault(), new(diary)
			d := switchOnConfigured(t, Config{Profile: Profile{Faults: []faults.Fault{f}}, Seed: 1, Protocol: results.HTTPS}, clock.clock())
			received, end, notified := s.meetTLS(t, d)
			got := ended(t, d, 1)
			if s.end != nil && !errors.Is(end, s.end) || end == nil {
				t.Errorf("reading ended with %v, want %v", end, s.end)
			}
			checkContent(t, s.content, received)
			if n := executions(d, "0-1"); n != s.executed {
				t.Errorf("executed %d times, want %d", n, s.executed)
			}
			if got.Ended != s.ended || got.Exchanges != s.answered {
				t.Errorf("connection %+v, want %q, %d answered", got, s.ended, s.answered)
			}
			if orderly := s.effect == faults.Status && s.point == faults.Idle || s.effect == faults.Malform; notified != orderly {
				t.Errorf("close_notify: %t, want %t", notified, orderly)
			}
		})
	}
}

func TestOnlyAnOrderlyEndSaysCloseNotify(t *testing.T) {
	for _, s := range []struct {
		name     string
		request  string
		fault    faults.Fault
		notified bool
	}{
		{"honoured", put("0-1", "Connection: close"), faults.Fault{Effect: faults.Hold, Point: faults.AfterForward, Delay: faults.After(1)}, true},
		{"rejected", "NONSENSE\r\n\r\n", faults.Fault{Effect: faults.Hold, Point: faults.AfterForward, Delay: faults.After(1)}, true},
		{"closed", put("0-1"), faults.Fault{Effect: faults.Close, Point: faults.AfterResponse}, false},
		{"announced and closed", put("0-1"), faults.Fault{Effect: faults.Close, Point: faults.AfterResponse, Announce: true}, false},
		{"drained", put("0-1"), faults.Fault{Effect: faults.Drain, Point: faults.AfterResponse}, false},
		{"half-closed", put("0-1"), faults.Fault{Effect: faults.HalfClose, Point: faults.AfterResponse}, false},
		{"truncated", put("0-1"), faults.Fault{Effect: faults.Truncate, Point: faults.Response, Bytes: 3}, false},
	} {
		t.Run(s.name, func(t *testing.T) {
			d := switchOnSpeaking(t, results.HTTPS, Profile{Faults: []faults.Fault{s.fault}})
			c := dial(t, d)
			on := &overheard{Conn: c.TCPConn}
			secured := tls.Client(on, &tls.Config{RootCAs: d.Roots(), ServerName: "localhost", MaxVersion: tls.VersionTLS12})
			if _, err := io.WriteString(secured, s.request); err != nil {
				t.Fatal(err)
			}
			if _, err := io.ReadAll(secured); err != nil {
				t.Error(err)
			}
			if types := on.records(); (types[len(types)-1] == recordAlert) != s.notified {
				t.Errorf("records %v, close_notify: want %t", types, s.notified)
			}
		})
	}
}

func TestWhatIsNoTLSIsTurnedAway(t *testing.T) {
	for _, protocol := range encrypted {
		for _, s := range []struct{ name, sent, received string }{
			{"HTTP in the clear", get("0-1"), "HTTP/1.1 400 Bad Request\r\n"},
			{"garbage", "\x00\xff\x00\xff", string(alertRecord(alertUnexpectedMessage))},
		} {
			t.Run(string(protocol)+" "+s.name, func(t *testing.T) {
				d := switchOnSpeaking(t, protocol, Profile{})
				c := dial(t, d)
				c.send(s.sent)
				received, end := c.rest()
				c.Close()
				if !strings.HasPrefix(received, s.received) || end != io.EOF {
					t.Errorf("received %q, %v", received, end)
				}
				if got := ended(t, d, 1); got.Ended != NoTLS || got.Exchanges != 0 || len(d.Ledger()) != 0 {
					t.Errorf("connection %+v", got)
				}
			})
		}
	}
}

func TestAFailedHandshakeIsAnEndOfItsOwn(t *testing.T) {
	for _, s := range []struct {
		name   string
		client *tls.Config
	}{
		{"the client distrusts the device", &tls.Config{ServerName: "localhost"}},
		{"the client distrusts the device, TLS 1.2", &tls.Config{ServerName: "localhost", MaxVersion: tls.VersionTLS12}},
		{"the client asks for another host", nil},
		{"the client is too old", &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}},
		{"the client speaks something else", &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"smtp"}}},
	} {
		t.Run(s.name, func(t *testing.T) {
			d := switchOnSpeaking(t, results.H2, Profile{})
			c := dial(t, d)
			if s.client == nil {
				s.client = &tls.Config{RootCAs: d.Roots(), ServerName: "elsewhere"}
			}
			if err := tls.Client(c.TCPConn, s.client).Handshake(); err == nil {
				t.Error("they shook hands")
			}
			c.Close()
			if got := ended(t, d, 1); got.Ended != HandshakeFailed {
				t.Errorf("ended as %q", got.Ended)
			}
		})
	}
}

func TestAHandshakeIsBrokenOff(t *testing.T) {
	for _, s := range []struct {
		name  string
		sent  string
		leave func(*client)
		ended Ending
	}{
		{"nothing", "", func(c *client) { c.Close() }, ClientClosed},
		{"a record begun", "\x16\x03\x01\x02", func(c *client) { c.Close() }, ClientClosed},
		{"reset", "\x16\x03\x01\x02", (*client).reset, ClientReset},
		{"nonsense in a record", "\x16\x03\x01\x00\x04nono", func(c *client) { c.Close() }, HandshakeFailed},
		{"a huge record", "\x16\x03\x01\xff\xff", func(c *client) { c.Close() }, HandshakeFailed},
	} {
		t.Run(s.name, func(t *testing.T) {
			d := switchOnSpeaking(t, results.HTTPS, Profile{})
			c := dial(t, d)
			c.send(s.sent)
			if s.ended == HandshakeFailed {
				c.rest()
			}
			s.leave(c)
			if got := ended(t, d, 1); got.Ended != s.ended {
				t.Errorf("ended as %q", got.Ended)
			}
		})
	}
}

func TestAHandshakeThatStandsStillIsGivenUp(t *testing.T) {
	d := switchOnConfigured(t, Config{Protocol: results.HTTPS, bounds: bounds{handshake: time.Millisecond}}, clock{now: sinceNow(), wait: faults.Wait})
	dial(t, d).send("\x16\x03\x01\x02")
	if got := ended(t, d, 1); got.Ended != HandshakeFailed {
		t.Errorf("ended as %q", got.Ended)
	}
}

func TestADeviceSwitchedOffInTheHandshakeLeavesNothingBehind(t *testing.T) {
	d := switchOnSpeaking(t, results.HTTPS, Profile{})
	c := dial(t, d)
	c.send("\x16")
	eventually(t, "the connection", func() bool { return len(d.Connections()) == 1 })
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if got := ended(t, d, 1); got.Ended != Shutdown {
		t.Errorf("ended as %q", got.Ended)
	}
}

func TestTheCertificate(t *testing.T) {
	made, err := NewCertificate("device.test", "192.0.2.7")
	if err != nil {
		t.Fatal(err)
	}
	d := switchOnConfigured(t, Config{Protocol: results.HTTPS, Certificate: &made}, clock{now: sinceNow(), wait: faults.Wait})
	for _, name := range []string{"device.test", "192.0.2.7", "127.0.0.1", "::1", "localhost"} {
		c := dial(t, d)
		s := tls.Client(c.TCPConn, &tls.Config{RootCAs: d.Roots(), ServerName: name})
		if err := s.Handshake(); err != nil || !s.ConnectionState().PeerCertificates[0].Equal(made.Leaf) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if made.Leaf.IsCA || d.Roots() == nil {
		t.Errorf("certificate %+v", made.Leaf)
	}
	if d := switchOn(t, Profile{}); d.Roots() != nil {
		t.Error("a device without TLS has roots")
	}
	if _, err := Start(Config{Protocol: results.H2, Certificate: new(tls.Certificate)}); err == nil {
		t.Error("a device started with an empty certificate")
	}
}

func TestFaultsThatDoNotFitTheProtocolAreRefused(t *testing.T) {
	for _, s := range []struct {
		protocol results.Protocol
		fault    faults.Fault
	}{
		{"", faults.Fault{Effect: faults.Reset, Point: faults.Handshake}},
		{results.HTTPS, faults.Fault{Effect: faults.GoAway, Point: faults.Idle, Delay: faults.After(1)}},
		{results.H2, faults.Fault{Effect: faults.IgnoreClose, Point: faults.AfterResponse}},
		{results.H2C, faults.Fault{Effect: faults.Alert, Point: faults.Handshake, Code: 40}},
		{results.H2C, faults.Fault{Effect: faults.Status, Point: faults.Idle, Code: 408, Delay: faults.After(1)}},
	} {
		if d, err := Start(Config{Protocol: s.protocol, Profile: Profile{Faults: []faults.Fault{s.fault}}}); err == nil {
			t.Errorf("%s: %+v was taken", s.protocol, s.fault)
			d.Close()
		}
	}
}

func TestWhatWasTakenIsReadFirst(t *testing.T) {
	d := switchOn(t, Profile{})
	c := dial(t, d)
	c.send(get("0-1"))
	p := &prefixed{TCPConn: c.TCPConn, taken: []byte("taken ")}
	var b [len("taken HTTP/1.1")]byte
	if _, err := io.ReadFull(p, b[:]); err != nil || string(b[:]) != "taken HTTP/1.1" {
		t.Errorf("read %q, %v", b, err)
	}
}
