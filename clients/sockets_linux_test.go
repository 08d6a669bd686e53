package clients

import (
	"context"
	"encoding/binary"
	"net"
	"net/http"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"rstorm/results"
)

// States of a TCP connection (linux/include/net/tcp_states.h).
const (
	stateClose     = 7 // a RST arrived
	stateCloseWait = 8 // a FIN arrived
)

// tcpState asks the kernel for a connection's state, which changes neither
// what can be read from it nor its pending error.
func tcpState(t *testing.T, c *Conn) byte { return tcpInfo(t, c)[0] }

// tcpDataSent is how many segments with data a connection has sent, but for
// those that it sent again: tcpi_data_segs_out and tcpi_total_retrans.
func tcpDataSent(t *testing.T, c *Conn) uint32 {
	info := tcpInfo(t, c)
	return binary.NativeEndian.Uint32(info[156:]) - binary.NativeEndian.Uint32(info[100:])
}

// tcpInfo is the kernel's struct tcp_info (linux/include/uapi/linux/tcp.h),
// which begins with the state.
func tcpInfo(t *testing.T, c *Conn) [256]byte {
	raw, err := c.Conn.(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var info [256]byte
	size := uint32(len(info))
	var errno syscall.Errno
	err = raw.Control(func(fd uintptr) {
		_, _, errno = syscall.Syscall6(syscall.SYS_GETSOCKOPT, fd, syscall.IPPROTO_TCP, syscall.TCP_INFO,
			uintptr(unsafe.Pointer(&info)), uintptr(unsafe.Pointer(&size)), 0)
	})
	if err != nil || errno != 0 {
		t.Fatal(err, errno)
	}
	return info
}

// eventually waits until what the kernel says is so.
func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	for deadline := time.Now().Add(giveUp); !so(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s never came", what)
		}
	}
}

// The FIN is in the client's kernel before the next command: naive doesn't
// look, so the command is lost, and its socket reports no reset. Who looks loses
// nothing.
func TestStaleReuse(t *testing.T) {
	s := serve(t, func(p *peer) {
		p.request()
		p.say(whole)
	})
	for _, tt := range []struct{ strategy, want string }{
		{"naive", "closed 0: wait 1/2 closed"},
		{"close-header-only", "closed 0: wait 1/2 closed"},
		{"retry", "ok 200: wait 1/2 closed; done 2/1 ok"},
		{"retry-idempotent", "ok 200: wait 1/2 closed; done 2/1 ok"},
		{"retry-stale-safe", "closed 0: wait 1/2 closed"}, // the request was written, so who knows
		{"peek", anew},
		{"settle", anew},
	} {
		t.Run(tt.strategy, func(t *testing.T) {
			n := s.network()
			c := start(t, kind(t, tt.strategy), n)
			expect(t, do(t, c, command("PUT", 0)), first)
			conn := engine(c).conn
			eventually(t, "the FIN", func() bool { return tcpState(t, conn) == stateCloseWait })
			expect(t, do(t, c, command("PUT", 1)), tt.want)
			if got := n.Dialer.Counts().Resets; got != 0 {
				t.Errorf("the socket reported %d resets: the RST after a FIN never reaches it", got)
			}
		})
	}
}

// The RST is in the client's kernel before the next command: writing meets it,
// and so does looking.
func TestAbortAfterResponse(t *testing.T) {
	s := serve(t, func(p *peer) {
		p.request()
		p.say(whole)
		p.server.wait() // the client has read the answer
		p.reset()
	})
	for _, tt := range []struct{ strategy, want string }{
		{"naive", "reset 0: send 1/2 reset"},
		{"close-header-only", "reset 0: send 1/2 reset"},
		{"retry", "ok 200: send 1/2 reset; done 2/1 ok"},
		{"retry-idempotent", "ok 200: send 1/2 reset; done 2/1 ok"},
		{"retry-stale-safe", "ok 200: send 1/2 reset; done 2/1 ok"}, // nothing of it was written
		{"peek", anew},
		{"settle", anew},
	} {
		t.Run(tt.strategy, func(t *testing.T) {
			n := s.network()
			c := start(t, kind(t, tt.strategy), n)
			expect(t, do(t, c, command("PUT", 0)), first)
			conn := engine(c).conn
			s.event <- struct{}{}
			eventually(t, "the RST", func() bool { return tcpState(t, conn) == stateClose })
			expect(t, do(t, c, command("PUT", 1)), tt.want)
			if got := n.Dialer.Counts().Resets; got != 1 {
				t.Errorf("the dialer counted %d resets, want 1", got)
			}
			s.event <- struct{}{}
		})
	}
}

// An answer that nobody asked for lies on the kept connection: it must not
// become the answer to the next command, though nothing in it tells.
func TestUnaskedAnswerOnIdleConnection(t *testing.T) {
	s := serve(t, func(p *peer) {
		for req := p.request(); req != nil; req = p.request() {
			p.say(whole)
			if p.number <= 2 {
				p.server.wait()
				p.say("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n")
			}
		}
	})
	c := start(t, Raw{}, s.network())
	for i, want := range []string{first, anew, "ok 200: done 3/1 ok"} {
		expect(t, do(t, c, command("PUT", uint32(i))), want)
		if i < 2 {
			s.event <- struct{}{}
			eventually(t, "the 408", func() bool { return engine(c).unread() > 0 })
		}
	}
}

// A device answers 413 and closes while the body is still on its way: our write
// meets the reset, and the answer counts all the same.
func TestEarlyAnswerIsReadAfterTheWriteBroke(t *testing.T) {
	s := serve(t, func(p *peer) {
		p.Read(make([]byte, 1))
		p.say("HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\nno")
	})
	c := start(t, Raw{}, s.network())
	cmd := command("PUT", 0)
	cmd.Body = make([]byte, 8<<20) // more than both sockets buffer
	expect(t, do(t, c, cmd), "rejected 413: done 1/1 rejected")
	expect(t, do(t, c, cmd), "rejected 413: done 2/1 rejected")
}

// The same without an answer is a reset while sending.
func TestResetWhileSending(t *testing.T) {
	s := serve(t, func(p *peer) {
		p.Read(make([]byte, 1))
		p.reset()
	})
	n := s.network()
	c := start(t, Raw{}, n)
	cmd := command("PUT", 0)
	cmd.Body = make([]byte, 8<<20)
	expect(t, do(t, c, cmd), "reset 0: send 1/1 reset")
	conn, _ := n.Dialer.Dial(context.Background())
	conn.Close()
	if got, want := n.Dialer.Counts(), (Counts{Dials: 2, Resets: 1}); got != want {
		t.Errorf("the dialer counted %+v, want %+v", got, want)
	}
}

// A reader on the idle connection sees the FIN and the RST by itself, and closes
// the client's side.
func TestAnEventLoopClosesWhatTheDeviceClosed(t *testing.T) {
	for name, resets := range map[string]int{"FIN": 0, "RST": 1} {
		s := serve(t, func(p *peer) {
			p.request()
			p.say(whole)
			p.server.wait() // the client has read the answer
			if name == "RST" {
				p.reset()
			}
		})
		n := s.network()
		c := start(t, kind(t, "events"), n)
		expect(t, do(t, c, command("PUT", 0)), first)
		conn := engine(c).conn
		s.event <- struct{}{}
		eventually(t, "the client's close", func() bool {
			raw, err := conn.Conn.(*net.TCPConn).SyscallConn()
			return err == nil && raw.Control(func(uintptr) {}) != nil
		})
		expect(t, do(t, c, command("PUT", 1)), anew)
		if got := n.Dialer.Counts().Resets; got != resets {
			t.Errorf("%s: the dialer counted %d resets, want %d", name, got, resets)
		}
		s.event <- struct{}{}
	}
}

// Two segments are two on the wire, by the kernel's own count; a request without
// a body is one.
func TestSegments(t *testing.T) {
	for _, tt := range []struct {
		protocol results.Protocol
		settings Raw
		method   string
		want     uint32
	}{
		{results.HTTP, Raw{}, "PUT", 1},
		{results.HTTP, Raw{Segments: 1}, "PUT", 1},
		{results.HTTP, Raw{Segments: 2}, "PUT", 2},
		{results.HTTP, Raw{Segments: 2}, "GET", 1},
		{results.HTTPS, Raw{}, "PUT", 1},
		{results.HTTPS, Raw{Segments: 2}, "PUT", 2},
	} {
		n := handled(t, tt.protocol, func(http.ResponseWriter, *http.Request) {})
		c := start(t, tt.settings, n)
		expect(t, do(t, c, command(tt.method, 0)), first)
		conn := engine(c).conn
		before := tcpDataSent(t, conn)
		expect(t, do(t, c, command(tt.method, 1)), second)
		if got := tcpDataSent(t, conn) - before; got != tt.want {
			t.Errorf("%s: %s with %d segments took %d on the wire, want %d", tt.protocol, tt.method, tt.settings.Segments, got, tt.want)
		}
	}
}
