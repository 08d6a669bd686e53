package kernel_test

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"rstorm/kernel"
	"rstorm/kernel/kerneltest"
)

// giveUp is when a test gives up; no test is faster or slower for it.
const giveUp = 30 * time.Second

func listen(t *testing.T) *net.TCPListener {
	t.Helper()
	var plain net.ListenConfig
	plain.SetMultipathTCP(false)
	l, err := plain.Listen(t.Context(), "tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l.(*net.TCPListener)
}

// pair makes a connection over loopback.
func pair(t *testing.T) (client, server *net.TCPConn) {
	t.Helper()
	l := listen(t)
	client = dial(t, l)
	return client, accept(t, l)
}

func dial(t *testing.T, l *net.TCPListener) *net.TCPConn {
	t.Helper()
	c, err := net.DialTimeout("tcp4", l.Addr().String(), giveUp)
	if err != nil {
		t.Fatal(err)
	}
	return bounded(t, c.(*net.TCPConn))
}

func accept(t *testing.T, l *net.TCPListener) *net.TCPConn {
	t.Helper()
	if err := l.SetDeadline(time.Now().Add(giveUp)); err != nil {
		t.Fatal(err)
	}
	c, err := l.AcceptTCP()
	if err != nil {
		t.Fatal(err)
	}
	return bounded(t, c)
}

func bounded(t *testing.T, c *net.TCPConn) *net.TCPConn {
	t.Helper()
	t.Cleanup(func() { c.Close() })
	if err := c.SetDeadline(time.Now().Add(giveUp)); err != nil {
		t.Fatal(err)
	}
	return c
}

// info is the kernel's view of a socket.
func info(t *testing.T, c syscall.Conn) *unix.TCPInfo {
	t.Helper()
	raw, err := c.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var i *unix.TCPInfo
	if failed := raw.Control(func(fd uintptr) { i, err = unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO) }); failed != nil || err != nil {
		t.Fatal(failed, err)
	}
	return i
}

func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for end := time.Now().Add(giveUp); !condition(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
	}
}

func write(t *testing.T, c net.Conn, what string) {
	t.Helper()
	if _, err := io.WriteString(c, what); err != nil {
		t.Fatal(err)
	}
}

func mustRead(t *testing.T, c net.Conn, want string) {
	t.Helper()
	got := make([]byte, len(want))
	if _, err := io.ReadFull(c, got); err != nil || string(got) != want {
		t.Fatalf("read %q, %v, want %q", got, err, want)
	}
}

func TestABlackHoleAcknowledgesNothingUntilItIsHealed(t *testing.T) {
	if !kerneltest.Private(t) {
		return
	}
	client, server := pair(t)
	write(t, client, "before")
	mustRead(t, server, "before")
	if err := kernel.Acknowledged(t.Context(), client); err != nil {
		t.Fatal(err)
	}
	heal, err := kernel.BlackHole(server)
	if err != nil {
		t.Fatal(err)
	}
	write(t, client, "lost")
	eventually(t, "a retransmission", func() bool { return info(t, client).Total_retrans > 0 })
	if i := info(t, client); i.Unacked != 1 {
		t.Errorf("%d segments are not acknowledged, want 1", i.Unacked)
	}
	if i := info(t, server); i.Bytes_received != uint64(len("before")) {
		t.Errorf("the black hole took %d bytes", i.Bytes_received)
	}
	write(t, server, "it can still send")
	mustRead(t, client, "it can still send")

	if err := heal(); err != nil {
		t.Fatal(err)
	}
	mustRead(t, server, "lost")
	if err := kernel.Acknowledged(t.Context(), client); err != nil {
		t.Errorf("after healing: %v", err)
	}
}

func TestABlackHoleNoticesNeitherFINNorRST(t *testing.T) {
	if !kerneltest.Private(t) {
		return
	}
	for name, end := range map[string]func(*net.TCPConn) error{
		"FIN": (*net.TCPConn).Close,
		"RST": func(c *net.TCPConn) error { return errors.Join(c.SetLinger(0), c.Close()) },
	} {
		t.Run(name, func(t *testing.T) {
			client, server := pair(t)
			if _, err := kernel.BlackHole(server); err != nil {
				t.Fatal(err)
			}
			other, beside := pair(t)
			if err := errors.Join(end(client), end(other)); err != nil {
				t.Fatal(err)
			}
			if _, err := beside.Read(make([]byte, 1)); err == nil { // what was sent later has arrived
				t.Error("a connection beside the black hole noticed nothing")
			}
			if i := info(t, server); i.State != unix.BPF_TCP_ESTABLISHED {
				t.Errorf("state %d, want established", i.State)
			}
		})
	}
}

func TestAForgottenConnectionIsSilentAndAnswersTheNextSegmentWithARST(t *testing.T) {
	if !kerneltest.Private(t) {
		return
	}
	if err := kernel.CanForget(); err != nil {
		t.Skip(err)
	}
	resets := kerneltest.OutRsts(t)
	for name, prepare := range map[string]func(client, server *net.TCPConn){
		"idle":                func(_, _ *net.TCPConn) {},
		"with unread data":    func(client, _ *net.TCPConn) { write(t, client, "never read") },
		"with an answer sent": func(_, server *net.TCPConn) { write(t, server, "answer") },
	} {
		t.Run(name, func(t *testing.T) {
			before := kerneltest.OutRsts(t)
			client, server := pair(t)
			prepare(client, server)
			for _, c := range []*net.TCPConn{client, server} {
				if err := kernel.Acknowledged(t.Context(), c); err != nil {
					t.Fatal(err)
				}
			}
			if err := errors.Join(kernel.Forget(server), server.Close()); err != nil {
				t.Fatal(err)
			}
			if i := info(t, client); i.State != unix.BPF_TCP_ESTABLISHED || i.Unacked != 0 {
				t.Errorf("the peer noticed: %+v", i)
			}
			if sent := kerneltest.OutRsts(t) - before; sent != 0 {
				t.Errorf("forgetting sent %d RST", sent)
			}
			write(t, client, "next")
			if _, err := io.ReadAll(client); !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("the peer read %v, want ECONNRESET", err)
			}
		})
	}
	if sent := kerneltest.OutRsts(t) - resets; sent != 3 {
		t.Errorf("the kernel sent %d RST for 3 segments", sent)
	}
}

func TestWhatArrivedIsAcknowledgedBeforeItIsForgotten(t *testing.T) {
	if !kerneltest.Private(t) {
		return
	}
	if err := kernel.CanForget(); err != nil {
		t.Skip(err)
	}
	client, server := pair(t)
	for range 5 { // an exchange makes the kernel hold back its acknowledgements
		write(t, client, "request")
		mustRead(t, server, "request")
		write(t, server, "answer")
		mustRead(t, client, "answer")
	}
	write(t, client, "request")
	mustRead(t, server, "request")
	if err := errors.Join(kernel.Forget(server), server.Close()); err != nil {
		t.Fatal(err)
	}
	if err := kernel.Acknowledged(t.Context(), client); err != nil {
		t.Errorf("the request: %v", err)
	}
}

func TestAPrivateNetworkAllowsBoth(t *testing.T) {
	if !kerneltest.Private(t) {
		return
	}
	before := kerneltest.OutRsts(t)
	if err := errors.Join(kernel.CanBlackHole(), kernel.CanForget()); err != nil {
		t.Error(err)
	}
	if sent := kerneltest.OutRsts(t) - before; sent != 0 {
		t.Errorf("trying sent %d RST", sent)
	}
}

func TestNothingIsForgottenWithoutPrivilege(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may")
	}
	if err := kernel.CanForget(); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("CanForget: %v", err)
	}
}

func TestAcknowledgedEnds(t *testing.T) {
	if !kerneltest.Private(t) {
		return
	}
	client, server := pair(t)
	if _, err := kernel.BlackHole(server); err != nil {
		t.Fatal(err)
	}
	write(t, client, "lost")
	ctx, cancel := context.WithCancelCause(t.Context())
	enough := errors.New("enough")
	cancel(enough)
	if err := kernel.Acknowledged(ctx, client); !errors.Is(err, enough) {
		t.Errorf("cancelled: %v", err)
	}
	client.Close()
	if err := kernel.Acknowledged(t.Context(), client); !errors.Is(err, net.ErrClosed) {
		t.Errorf("closed: %v", err)
	}
	client, server = pair(t)
	if err := errors.Join(server.SetLinger(0), server.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Fatal(err)
	}
	if err := kernel.Acknowledged(t.Context(), client); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("reset: %v", err)
	}
}
