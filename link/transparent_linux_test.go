package link

import (
	"errors"
	"io"
	"net"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"

	"rstorm/results"
)

// transparency holds every way a connection can go. Device and client are
// played once against each other and once with the link between them; both
// must see the same.
var transparency = []struct {
	name         string
	device       func(*side)
	client       func(*side)
	wantClient   []string
	wantDevice   []string
	first, reset results.Origin
	cause        string
}{{
	name: "device resets in the middle of a response",
	device: func(d *side) {
		d.take(request("0-0"))
		d.say(response("0123456789")[:44])
		d.reset()
	},
	client: func(c *side) {
		c.say(request("0-0"))
		c.drain()
	},
	wantClient: []string{`"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234", ECONNRESET`},
	first:      results.ByDevice, reset: results.ByDevice, cause: "reset-mid-response",
}, {
	name: "device resets before the response",
	device: func(d *side) {
		d.take(request("0-0"))
		d.reset()
	},
	client: func(c *side) {
		c.say(request("0-0"))
		c.drain()
	},
	wantClient: []string{`"", ECONNRESET`},
	first:      results.ByDevice, reset: results.ByDevice, cause: causeUnknown,
}, {
	name: "device resets an idle connection",
	device: func(d *side) {
		d.take(request("0-0"))
		d.say(response("done"))
		d.await()
		d.reset()
	},
	client: func(c *side) {
		c.say(request("0-0"))
		c.take(response("done"))
		c.signal()
		c.drain()
	},
	wantClient: []string{`"", ECONNRESET`},
	first:      results.ByDevice, reset: results.ByDevice, cause: "abort-after-response",
}, {
	name: "device resets after its FIN, and the client is silent",
	device: func(d *side) {
		d.take(request("0-0"))
		d.say(response("done"))
		d.CloseWrite()
		d.await()
		d.reset()
	},
	client: func(c *side) {
		c.say(request("0-0"))
		c.drain()
		c.signal()
		c.awaitError()
	},
	wantClient: []string{`"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone", EOF`, "EPIPE"},
	first:      results.ByDevice, reset: results.ByDevice, cause: causeUnknown,
}, {
	name: "device has closed, and the client writes",
	device: func(d *side) {
		d.take(request("0-0"))
		d.say(response("done"))
	},
	client: func(c *side) {
		c.say(request("0-0"))
		c.drain()
		c.say(request("0-1"))
		c.awaitError()
		_, err := io.WriteString(c, request("0-1"))
		c.see("%s", errno(err))
	},
	wantClient: []string{`"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone", EOF`, "EPIPE", "EPIPE"},
	first:      results.ByDevice, reset: results.ByDevice, cause: causeUnknown,
}, {
	name: "device closes with the next request unread",
	device: func(d *side) {
		d.take(request("0-0"))
		d.say(response("done"))
		d.awaitUnread()
	},
	client: func(c *side) {
		c.say(request("0-0"))
		c.take(response("done"))
		c.say(request("0-1"))
		c.drain()
	},
	wantClient: []string{`"", ECONNRESET`},
	first:      results.ByDevice, reset: results.ByDevice, cause: causeUnknown,
}, {
	name: "device closes in order",
	device: func(d *side) {
		d.take(request("0-0"))
		d.say(response("done"))
	},
	client: func(c *side) {
		c.say(request("0-0"))
		c.drain()
	},
	wantClient: []string{`"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone", EOF`},
	first:      results.ByDevice,
}, {
	name: "device half-closes and reads on",
	device: func(d *side) {
		d.take(request("0-0"))
		d.say(response("done"))
		d.CloseWrite()
		d.drain()
	},
	client: func(c *side) {
		c.say(request("0-0"))
		c.drain()
		c.say("and more")
	},
	wantClient: []string{`"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone", EOF`},
	wantDevice: []string{`"and more", EOF`},
	first:      results.ByDevice,
}, {
	name: "client half-closes and reads the whole response",
	device: func(d *side) {
		d.drain()
		d.say(response(bulk(1 << 20)))
	},
	client: func(c *side) {
		c.say(request("0-0"))
		c.CloseWrite()
		c.drain()
	},
	wantClient: []string{"1048620 bytes, EOF"},
	wantDevice: []string{`"PUT /put/ctrl HTTP/1.1\r\nHost: device\r\nX-Command-Id: 0-0\r\nContent-Length: 4\r\n\r\nbody", EOF`},
	first:      results.ByClient,
}, {
	name: "client aborts before the response",
	device: func(d *side) {
		d.take(request("0-0"))
		d.signal()
		d.drain()
	},
	client: func(c *side) {
		c.say(request("0-0"))
		c.await()
		c.reset()
	},
	wantDevice: []string{`"", ECONNRESET`},
	first:      results.ByClient, reset: results.ByClient, cause: "client-abort",
}, {
	name: "client aborts in the middle of a response",
	device: func(d *side) {
		d.take(request("0-0"))
		var err error
		for err == nil {
			_, err = io.WriteString(d, bulk(64<<10))
		}
		d.see("%s", errno(err))
	},
	client: func(c *side) {
		c.say(request("0-0"))
		c.take(bulk(64 << 10))
		c.reset()
	},
	wantDevice: []string{"ECONNRESET"},
	first:      results.ByClient, reset: results.ByClient, cause: "client-abort",
}, {
	name: "client closes with the response unread",
	device: func(d *side) {
		d.take(request("0-0"))
		d.say(response("done"))
		d.drain()
	},
	client: func(c *side) {
		c.say(request("0-0"))
		c.awaitUnread()
	},
	wantDevice: []string{`"", ECONNRESET`},
	first:      results.ByClient, reset: results.ByClient, cause: "client-abort",
}}

func TestTransparentRelayShowsEachSideWhatTheOtherDid(t *testing.T) {
	for _, row := range transparency {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			direct := func(device string) (string, func() []Connection) { return device, nil }
			linked := func(device string) (string, func() []Connection) {
				l := openLink(t, device)
				return l.Addr(), func() []Connection { return closeLink(t, l) }
			}
			for way, through := range map[string]func(string) (string, func() []Connection){"direct": direct, "linked": linked} {
				client, device, log := play(t, row.device, row.client, through)
				if !reflect.DeepEqual(client, row.wantClient) || !reflect.DeepEqual(device, row.wantDevice) {
					t.Errorf("%s: client saw %q, want %q; device saw %q, want %q", way, client, row.wantClient, device, row.wantDevice)
				}
				if way == "direct" {
					continue
				}
				if len(log) != 1 {
					t.Fatalf("log has %d connections, want 1", len(log))
				}
				if c := log[0]; c.First != row.first || c.Reset != row.reset || c.Cause != row.cause || c.Injected != "" {
					t.Errorf("log: first %q, reset %q, cause %q, injected %q; want %q, %q, %q and none", c.First, c.Reset, c.Cause, c.Injected, row.first, row.reset, row.cause)
				}
			}
		})
	}
}

// play lets device and client meet and returns what each saw.
func play(t *testing.T, device, client func(*side), through func(string) (string, func() []Connection)) (clientSaw, deviceSaw []string, log []Connection) {
	cue, saw := make(chan struct{}), make(chan []string, 1)
	address, closeLink := through(startDevice(t, func(c *net.TCPConn) {
		d := newSide(t, c, cue)
		device(d)
		d.Close()
		saw <- d.saw
	}))
	c := call(t, address, cue)
	client(c)
	c.Close()
	select {
	case deviceSaw = <-saw:
	case <-time.After(giveUp):
		t.Fatal("the device never ended")
	}
	if closeLink != nil {
		log = closeLink()
	}
	return c.saw, deviceSaw, log
}

// awaitError waits for the error that the kernel leaves on a socket that
// nobody reads, and writes it down.
func (s *side) awaitError() {
	_, _, err := await(s.TCPConn, false, nil)
	s.see("%s", errno(err))
}

// awaitUnread waits until bytes have come, and leaves them unread.
func (s *side) awaitUnread() {
	raw, err := s.SyscallConn()
	if err != nil {
		s.t.Error(err)
		return
	}
	raw.Read(func(fd uintptr) bool {
		var b [1]byte
		n, _, err := syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		return n > 0 || err != nil && !errors.Is(err, syscall.EAGAIN)
	})
}

func TestTransparentRefusal(t *testing.T) {
	t.Run("a device that is down from the start", func(t *testing.T) {
		l := openLink(t, freeAddress(t))
		for range 3 {
			if _, err := net.Dial("tcp", l.Addr()); !errors.Is(err, syscall.ECONNREFUSED) {
				t.Fatalf("dial: %v, want ECONNREFUSED", err)
			}
		}
		if log := closeLink(t, l); len(log) != 0 {
			t.Errorf("log has %v, want no connection", log)
		}
	})
	t.Run("a device that goes down and comes back", func(t *testing.T) {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		device := ln.Addr().String()
		l := openLink(t, device)
		ln.Close()

		c, err := net.Dial("tcp", l.Addr()) // the link can't know yet
		if err == nil {
			_, err = c.Read(make([]byte, 1))
			c.Close()
		}
		if !errors.Is(err, syscall.ECONNRESET) { // from connect(2) if the RST is faster
			t.Errorf("the first client: %v, want ECONNRESET", err)
		}
		for range 3 {
			if _, err := net.Dial("tcp", l.Addr()); !errors.Is(err, syscall.ECONNREFUSED) {
				t.Fatalf("dial: %v, want ECONNREFUSED", err)
			}
		}

		if ln, err = net.Listen("tcp", device); err != nil {
			t.Fatal(err)
		}
		defer ln.Close()
		back := dialUntilAccepted(t, l.Addr())
		d, err := ln.Accept()
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(d, "hello")
		d.Close()
		hello := newSide(t, back, nil)
		hello.drain()
		hello.Close()
		if want := `"hello", EOF`; strings.Join(hello.saw, " ") != want {
			t.Errorf("after the return the client saw %v, want %s", hello.saw, want)
		}
		log := closeLink(t, l)
		if len(log) != 2 {
			t.Fatalf("log has %d connections, want 2", len(log))
		}
		if c := log[0]; !errors.Is(c.DialErr, syscall.ECONNREFUSED) || c.Reset != results.ByDevice || c.Cause != "refused" {
			t.Errorf("log of the refused connection: %v, reset by %q, cause %q", c.DialErr, c.Reset, c.Cause)
		}
	})
}

// Finding out whether the device is there must not show in its ledger.
func TestTransparentProbesAreNoConnections(t *testing.T) {
	for _, host := range []string{"127.0.0.1", "localhost"} {
		t.Run(host, func(t *testing.T) {
			down := freeAddress(t)
			_, port, err := net.SplitHostPort(down)
			if err != nil {
				t.Fatal(err)
			}
			l := openLink(t, net.JoinHostPort(host, port))
			if host == "localhost" { // only a call can tell that it is down
				if saw, end := ask(t, l.Addr(), ""); saw != "" || end != "ECONNRESET" {
					t.Errorf("the first client saw %q, %s; want ECONNRESET", saw, end)
				}
			}
			if _, err := net.Dial("tcp", l.Addr()); !errors.Is(err, syscall.ECONNREFUSED) {
				t.Errorf("dial: %v, want ECONNREFUSED", err)
			}
			ln, err := net.Listen("tcp", down)
			if err != nil {
				t.Fatal(err)
			}
			accepted := make(chan int)
			go func() {
				n := 0
				for c, err := ln.Accept(); err == nil; c, err = ln.Accept() {
					n++
					io.WriteString(c, "hello")
					io.Copy(io.Discard, c)
					c.Close()
				}
				accepted <- n
			}()
			c := newSide(t, dialUntilAccepted(t, l.Addr()), nil)
			c.take("hello")
			c.Close()
			closeLink(t, l)
			ln.Close()
			if n := <-accepted; n != 1 {
				t.Errorf("the device saw %d connections, want the client's", n)
			}
		})
	}
}

// dialUntilAccepted dials until nobody refuses.
func dialUntilAccepted(t *testing.T, address string) net.Conn {
	t.Helper()
	for deadline := time.Now().Add(giveUp); time.Now().Before(deadline); {
		c, err := net.Dial("tcp", address)
		if err == nil {
			return c
		}
		if !errors.Is(err, syscall.ECONNREFUSED) {
			t.Fatal(err)
		}
	}
	t.Fatal("still refused")
	return nil
}
