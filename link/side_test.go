package link

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"rstorm/faults"
	"rstorm/kernel"
	"rstorm/results"
)

// giveUp bounds every wait in these tests; none is expected to last.
const giveUp = 30 * time.Second

// A side is one end of a connection as a test plays it. It writes down what
// it sees.
type side struct {
	*net.TCPConn
	t   *testing.T
	saw []string
	cue chan struct{} // tells the other side to go on, where the network does not
}

func newSide(t *testing.T, c net.Conn, cue chan struct{}) *side {
	c.SetDeadline(time.Now().Add(giveUp))
	return &side{TCPConn: c.(*net.TCPConn), t: t, cue: cue}
}

// see writes an observation down.
func (s *side) see(format string, args ...any) { s.saw = append(s.saw, fmt.Sprintf(format, args...)) }

// say writes text and expects no error.
func (s *side) say(text string) {
	if _, err := io.WriteString(s, text); err != nil {
		s.t.Errorf("write: %v", err)
	}
}

// take reads exactly as many bytes as text has and expects them to be text.
func (s *side) take(text string) {
	b := make([]byte, len(text))
	if n, err := io.ReadFull(s, b); err != nil || string(b) != text {
		s.t.Errorf("read %q, %v; want %q", b[:n], err, text)
	}
}

// drain reads to the end and writes down what came and how it ended.
func (s *side) drain() {
	b, err := io.ReadAll(s)
	if err == nil {
		err = io.EOF
	}
	if len(b) > 200 {
		s.see("%d bytes, %s", len(b), errno(err))
		return
	}
	s.see("%q, %s", b, errno(err))
}

// reset closes the connection with a RST.
func (s *side) reset() {
	s.SetLinger(0)
	s.Close()
}

// signal and await order two sides where the network alone does not.
func (s *side) signal() { s.cue <- struct{}{} }

func (s *side) await() {
	select {
	case <-s.cue:
	case <-time.After(giveUp):
		s.t.Error("the other side never came so far")
	}
}

// errno names an error as the kernel does.
func errno(err error) string {
	var number syscall.Errno
	switch {
	case err == nil:
		return "ok"
	case errors.Is(err, io.EOF):
		return "EOF"
	case errors.As(err, &number):
		for name, e := range map[string]syscall.Errno{
			"ECONNRESET": syscall.ECONNRESET, "EPIPE": syscall.EPIPE, "ECONNREFUSED": syscall.ECONNREFUSED,
		} {
			if number == e {
				return name
			}
		}
	}
	return err.Error()
}

// startDevice listens on loopback and plays script with every connection. The
// connections still open when the test ends are closed.
func startDevice(t testing.TB, script func(*net.TCPConn)) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var playing sync.WaitGroup
	var mu sync.Mutex
	open := map[net.Conn]bool{}
	playing.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			open[c] = true
			mu.Unlock()
			playing.Go(func() {
				script(c.(*net.TCPConn))
				c.Close()
				mu.Lock()
				delete(open, c)
				mu.Unlock()
			})
		}
	})
	t.Cleanup(func() {
		ln.Close()
		mu.Lock()
		for c := range open {
			c.Close()
		}
		mu.Unlock()
		playing.Wait()
	})
	return ln.Addr().String()
}

// openLink opens a link to device that is closed when the test ends.
func openLink(t testing.TB, device string, fs ...faults.Fault) *Link {
	t.Helper()
	for i := range fs {
		fs[i].Complete(faults.Link)
		if errs := fs[i].Validate(faults.Link); len(errs) > 0 {
			t.Fatal(errs)
		}
	}
	l, err := Open(Config{Device: device, Faults: fs, Seed: 7, Epoch: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeLink(t, l) })
	return l
}

// closeLink closes l, gives open connections time to end, and returns the log.
func closeLink(t testing.TB, l *Link) []Connection {
	ctx, cancel := context.WithTimeout(context.Background(), giveUp)
	defer cancel()
	if err := l.Close(ctx); err != nil {
		t.Errorf("close link: %v", err)
	}
	if ctx.Err() != nil {
		t.Error("connections were left open")
	}
	return l.Log()
}

// call dials address.
func call(t *testing.T, address string, cue chan struct{}) *side {
	t.Helper()
	c, err := net.DialTimeout("tcp", address, giveUp)
	if err != nil {
		t.Fatal(err)
	}
	return newSide(t, c, cue)
}

// request is a command's request with a body.
func request(id string) string {
	return "PUT /put/ctrl HTTP/1.1\r\nHost: device\r\n" + results.IDHeader + ": " + id + "\r\nContent-Length: 4\r\n\r\nbody"
}

// response is a whole response whose body is text.
func response(text string) string {
	return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(text), text)
}

// bulk is long enough to fill every buffer on the way.
func bulk(n int) string { return strings.Repeat("0123456789abcdef", n/16) }

// freeAddress is an address on which nothing listens.
func freeAddress(t *testing.T) string {
	t.Helper()
	if held, err := kernel.Hold(netip.MustParseAddrPort("127.0.0.1:0")); err == nil {
		t.Cleanup(func() { held.Close() })
		return held.Addr().String()
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}
