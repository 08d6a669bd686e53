package kernel_test

import (
	"errors"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"rstorm/kernel"
	"rstorm/kernel/kerneltest"
)

// knock begins to connect to l and returns at once.
func knock(t *testing.T, l *net.TCPListener) *os.File {
	t.Helper()
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	f := os.NewFile(uintptr(fd), "knocking")
	t.Cleanup(func() { f.Close() })
	to := &unix.SockaddrInet4{Port: l.Addr().(*net.TCPAddr).Port, Addr: [4]byte{127, 0, 0, 1}}
	if err := unix.Connect(fd, to); !errors.Is(err, unix.EINPROGRESS) {
		t.Fatal(err)
	}
	return f
}

func state(t *testing.T, c syscall.Conn) uint8 {
	t.Helper()
	return info(t, c).State
}

// mustWait demands that c gets no answer to its SYN: it is sent again.
func mustWait(t *testing.T, c syscall.Conn) {
	t.Helper()
	eventually(t, "a second SYN", func() bool { return info(t, c).Total_retrans > 0 })
	if s := state(t, c); s != unix.BPF_TCP_SYN_SENT {
		t.Errorf("state %d, want SYN-SENT", s)
	}
}

func mustConnect(t *testing.T, c syscall.Conn) {
	t.Helper()
	eventually(t, "a connection", func() bool { return state(t, c) == unix.BPF_TCP_ESTABLISHED })
}

func jam(t *testing.T, l *net.TCPListener) func() ([]*net.TCPConn, error) {
	t.Helper()
	free, err := kernel.Jam(l)
	if err != nil {
		t.Fatal(err)
	}
	return free
}

func TestAJammedDoorDropsSYNsUntilItIsFree(t *testing.T) {
	if !kerneltest.Private(t) {
		return
	}
	before := kerneltest.OutRsts(t)
	l := listen(t)
	free := jam(t, l)
	late := knock(t, l)
	mustWait(t, late)
	accepted, err := free()
	if err != nil || len(accepted) != 0 {
		t.Fatalf("free: %v, %v", accepted, err)
	}
	mustConnect(t, late)
	name, err := unix.Getsockname(int(late.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	first := accept(t, l)
	if port := first.RemoteAddr().(*net.TCPAddr).Port; port != name.(*unix.SockaddrInet4).Port {
		t.Errorf("port %d was accepted first, want the client's, and the plug's never", port)
	}
	for range 8 {
		dial(t, l) // the backlog is what it was
	}
	if sent := kerneltest.OutRsts(t) - before; sent != 0 {
		t.Errorf("the kernel sent %d RST", sent)
	}
}

func TestWhoWaitsAlreadyWhenTheDoorJamsIsHandedOut(t *testing.T) {
	l := listen(t)
	early := dial(t, l)
	free := jam(t, l)
	mustWait(t, knock(t, l))
	accepted, err := free()
	if err != nil || len(accepted) != 1 {
		t.Fatalf("free: %v, %v, want one connection", accepted, err)
	}
	defer accepted[0].Close()
	write(t, early, "hello")
	mustRead(t, bounded(t, accepted[0]), "hello")
}

func TestAQueueThatIsFullNeedsNoPlug(t *testing.T) {
	l := listen(t)
	if err := kernel.Backlog(l, 1); err != nil {
		t.Fatal(err)
	}
	first, second := dial(t, l), dial(t, l) // the backlog and one
	third := knock(t, l)
	mustWait(t, third)
	free := jam(t, l)
	if accepted, err := free(); err != nil || len(accepted) != 0 {
		t.Fatalf("free: %v, %v", accepted, err)
	}
	for _, c := range []*net.TCPConn{first, second} {
		if got := accept(t, l).RemoteAddr().String(); got != c.LocalAddr().String() {
			t.Errorf("accepted %s, want %s", got, c.LocalAddr())
		}
	}
	mustConnect(t, third)
}

func TestADoorMayBeClosedWhileItIsJammed(t *testing.T) {
	l := listen(t)
	if err := l.SetDeadline(time.Unix(1, 0)); err != nil { // as who stops accepting does
		t.Fatal(err)
	}
	free := jam(t, l)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if accepted, err := free(); err != nil || len(accepted) != 0 {
		t.Errorf("free: %v, %v", accepted, err)
	}
	if _, err := kernel.Jam(l); !errors.Is(err, net.ErrClosed) {
		t.Errorf("jamming a closed door: %v", err)
	}
}

func TestADoorOnEveryAddressCanBeJammed(t *testing.T) {
	for _, network := range []string{"tcp", "tcp4"} {
		l, err := net.ListenTCP(network, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		free := jam(t, l)
		if _, err := free(); err != nil {
			t.Error(err)
		}
	}
}
