package link

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	"rstorm/faults"
	"rstorm/results"
)

// startServer is a device that speaks a real protocol.
func startServer(t *testing.T, p func(*http.Protocols), secure bool) *httptest.Server {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Proto) }))
	s.Config.Protocols = new(http.Protocols)
	p(s.Config.Protocols)
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // of handshakes that fail on purpose
	if secure {
		s.EnableHTTP2 = s.Config.Protocols.HTTP2()
		s.StartTLS()
	} else {
		s.Start()
	}
	t.Cleanup(s.Close)
	return s
}

// opaques are the protocols in which the link sees bytes only.
var opaques = []struct {
	name, scheme, proto string
	secure              bool
	set                 func(*http.Protocols)
}{
	{"https", "https", "HTTP/1.1", true, func(p *http.Protocols) { p.SetHTTP1(true) }},
	{"h2", "https", "HTTP/2.0", true, func(p *http.Protocols) { p.SetHTTP2(true) }},
	{"h2c", "http", "HTTP/2.0", false, func(p *http.Protocols) { p.SetUnencryptedHTTP2(true) }},
}

// fetch sends commands over one client and returns it.
func fetch(t *testing.T, url string, set func(*http.Protocols)) (*http.Transport, func() (string, error)) {
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, Protocols: new(http.Protocols)}
	set(transport.Protocols)
	t.Cleanup(transport.CloseIdleConnections)
	client := &http.Client{Transport: transport, Timeout: giveUp}
	return transport, func() (string, error) {
		res, err := client.Get(url)
		if err != nil {
			return "", err
		}
		defer res.Body.Close()
		b, err := io.ReadAll(res.Body)
		return string(b), err
	}
}

func TestTLSAndHTTP2PassAsBytes(t *testing.T) {
	for _, row := range opaques {
		t.Run(row.name, func(t *testing.T) {
			s := startServer(t, row.set, row.secure)
			// Faults at points that are invisible here must not get in the way.
			l := openLink(t, s.Listener.Addr().String(),
				faults.Fault{Effect: faults.Reset, Point: faults.BeforeForward}, faults.Fault{Effect: faults.Reset, Point: faults.AfterForward},
				faults.Fault{Effect: faults.Reset, Point: faults.Request}, faults.Fault{Effect: faults.Reset, Point: faults.Response},
				faults.Fault{Effect: faults.Reset, Point: faults.AfterResponse})
			transport, get := fetch(t, row.scheme+"://"+l.Addr(), row.set)
			for range 3 {
				if proto, err := get(); err != nil || proto != row.proto {
					t.Fatalf("got %q, %v; want %q", proto, err, row.proto)
				}
			}
			transport.CloseIdleConnections()
			log := closeLink(t, l)
			if len(log) != 1 || len(log[0].Exchanges) != 0 || len(log[0].Strikes) != 0 || log[0].Taken != log[0].Up {
				t.Errorf("log: %+v; want one connection without exchanges", log)
			}
		})
	}
}

func TestIdleStrikesOpaqueConnections(t *testing.T) {
	for _, row := range opaques {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := startServer(t, row.set, row.secure)
			l := openLink(t, s.Listener.Addr().String(), faults.Fault{Effect: faults.Reset, Point: faults.Idle, Delay: faults.After(200 * time.Millisecond), Selector: faults.Selector{Connections: []int{1}}})
			_, get := fetch(t, row.scheme+"://"+l.Addr(), row.set)
			if _, err := get(); err != nil {
				t.Fatal(err)
			}
			eventually(t, "the idle connection is reset", func() bool { return len(l.Log()) == 1 })
			log := l.Log()[0]
			if log.Reset != results.ByLink || log.Injected != "reset at idle" || len(log.Exchanges) != 0 {
				t.Errorf("log: %+v", log)
			}
		})
	}
}

// The handshake is struck before the device has heard anything.
func TestHandshakeIsStruck(t *testing.T) {
	for effect, want := range map[faults.Effect]error{faults.Reset: syscall.ECONNRESET, faults.Close: io.EOF} {
		t.Run(string(effect), func(t *testing.T) {
			s := startServer(t, opaques[0].set, true)
			l := openLink(t, s.Listener.Addr().String(), faults.Fault{Effect: effect, Point: faults.Handshake})
			_, err := tls.Dial("tcp", l.Addr(), &tls.Config{InsecureSkipVerify: true})
			if !errors.Is(err, want) {
				t.Errorf("the handshake ended with %v, want %v", err, want)
			}
			log := closeLink(t, l)[0]
			if log.Injected != string(effect)+" at handshake" || log.Taken != 0 || log.Up == 0 || (log.Cause == "tls-abort") != (effect == faults.Reset) {
				t.Errorf("log: %+v", log)
			}
		})
	}
}

// echo returns what it gets.
func echo(c *net.TCPConn) { io.Copy(c, c) }

func TestHandshakeIsHeldBack(t *testing.T) {
	const pause = 60 * time.Millisecond
	for _, effect := range []faults.Effect{faults.Hold, faults.Stall} {
		t.Run(string(effect), func(t *testing.T) {
			l := openLink(t, startDevice(t, echo), faults.Fault{Effect: effect, Point: faults.Handshake, Delay: faults.After(pause)})
			c := call(t, l.Addr(), nil)
			defer c.Close()
			began := time.Now()
			c.say(hello)
			c.take(hello)
			if took := time.Since(began); took < pause {
				t.Errorf("the echo took %v, less than its pause of %v", took, pause)
			}
		})
	}
	t.Run("for ever", func(t *testing.T) {
		l := openLink(t, startDevice(t, echo), faults.Fault{Effect: faults.Stall, Point: faults.Handshake, Selector: faults.Selector{Connections: []int{1}}})
		c := call(t, l.Addr(), nil)
		c.say(hello)
		awaitStall(t, l)
		twin := call(t, l.Addr(), nil)
		twin.say(hello)
		twin.take(hello)
		twin.Close()
		l.Close(past())
		c.drain()
		c.Close()
		if want := `"", ECONNRESET`; strings.Join(c.saw, "") != want {
			t.Errorf("the stalled client saw %v; want only the end of the link, %s", c.saw, want)
		}
		if log := l.Log()[0]; log.Taken != 0 {
			t.Errorf("the device took %d bytes of the handshake", log.Taken)
		}
	})
}
