package clients

import (
	"context"
	"net"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

// States of a TCP connection (linux/include/net/tcp_states.h).
const (
	stateClose     = 7 // a RST arrived
	stateCloseWait = 8 // a FIN arrived
)

// tcpState asks the kernel for a connection's state, which changes neither
// what can be read from it nor its pending error.
func tcpState(t *testing.T, c *Conn) byte {
	raw, err := c.Conn.(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var info [256]byte // struct tcp_info begins with the state
	size := uint32(len(info))
	var errno syscall.Errno
	err = raw.Control(func(fd uintptr) {
		_, _, errno = syscall.Syscall6(syscall.SYS_GETSOCKOPT, fd, syscall.IPPROTO_TCP, syscall.TCP_INFO,
			uintptr(unsafe.Pointer(&info)), uintptr(unsafe.Pointer(&size)), 0)
	})
	if err != nil || errno != 0 {
		t.Fatal(err, errno)
	}
	return info[0]
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
// look, so the command is lost, and its socket reports no reset.
func TestStaleReuse(t *testing.T) {
	s := serve(t, func(p *peer) {
		p.request()
		p.say(whole)
	})
	for _, tt := range []struct{ strategy, want string }{
		{"naive", "closed 0: wait 1/2 closed"},
		{"retry", "ok 200: wait 1/2 closed; done 2/1 ok"},
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

// The RST is in the client's kernel before the next command: writing meets it.
func TestAbortAfterResponse(t *testing.T) {
	s := serve(t, func(p *peer) {
		p.request()
		p.say(whole)
		p.server.wait() // the client has read the answer
		p.reset()
	})
	for _, tt := range []struct{ strategy, want string }{
		{"naive", "reset 0: send 1/2 reset"},
		{"retry", "ok 200: send 1/2 reset; done 2/1 ok"},
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
	c := start(t, Naive{}, s.network())
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
	c := start(t, Naive{}, s.network())
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
	c := start(t, Naive{}, n)
	cmd := command("PUT", 0)
	cmd.Body = make([]byte, 8<<20)
	expect(t, do(t, c, cmd), "reset 0: send 1/1 reset")
	conn, _ := n.Dialer.Dial(context.Background())
	conn.Close()
	if got, want := n.Dialer.Counts(), (Counts{Dials: 2, Resets: 1}); got != want {
		t.Errorf("the dialer counted %+v, want %+v", got, want)
	}
}
