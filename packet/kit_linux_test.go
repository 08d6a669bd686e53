package packet

import (
	"encoding/binary"
	"io"
	"net"
	"slices"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"go.uber.org/goleak"

	"rstorm/faults"
	"rstorm/kernel"
	"rstorm/kernel/kerneltest"
)

// giveUp is when a test that hangs is taken to have failed.
const giveUp = 30 * time.Second

// TestMain runs everything in a private network and checks that nothing is
// left behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(private{m}) }

type private struct{ *testing.M }

func (p private) Run() int { return kerneltest.Main(p.M) }

// numbers are given to middleboxes; none is used twice.
var numbers atomic.Int64

// open opens a middlebox for one test, or skips the test where it can't.
func open(t testing.TB, fs ...faults.Fault) *Middlebox {
	t.Helper()
	if !kernel.Isolated() {
		t.Skip("no private network here")
	}
	if err := kernel.CanTUN(); err != nil {
		t.Skip(err)
	}
	return opened(t, Config{Faults: completed(t, fs...), Seed: 7})
}

func opened(t testing.TB, cfg Config) *Middlebox {
	t.Helper()
	cfg.Number = int(numbers.Add(1))
	m, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
		if c := m.Counts(); c.Overflowed+c.Unsent != 0 {
			t.Errorf("lost unasked: %+v", c)
		}
	})
	return m
}

func completed(t testing.TB, fs ...faults.Fault) []faults.Fault {
	t.Helper()
	for i := range fs {
		fs[i].Point = faults.Packet
		fs[i].Complete(faults.Link)
		for _, err := range fs[i].Validate(faults.Link) {
			t.Fatal(err)
		}
	}
	return fs
}

// listen listens on the near address.
func listen(t testing.TB, m *Middlebox) *net.TCPListener {
	t.Helper()
	ln, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: m.Near().AsSlice()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	return ln
}

// far is where clients reach ln.
func far(m *Middlebox, ln net.Listener) *net.TCPAddr {
	return &net.TCPAddr{IP: m.Far().AsSlice(), Port: ln.Addr().(*net.TCPAddr).Port}
}

// connect makes a connection through m and returns both its ends.
func connect(t testing.TB, m *Middlebox) (client, server *net.TCPConn) {
	t.Helper()
	ln := listen(t, m)
	client, err := net.DialTCP("tcp4", nil, far(m, ln))
	if err != nil {
		t.Fatal(err)
	}
	return client, accept(t, ln, client)
}

// accept takes the other end of client, and sees to it that both get closed.
func accept(t testing.TB, ln *net.TCPListener, client *net.TCPConn) *net.TCPConn {
	t.Helper()
	server, err := ln.AcceptTCP()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []*net.TCPConn{client, server} {
		t.Cleanup(func() { c.Close() })
		if err := c.SetDeadline(time.Now().Add(giveUp)); err != nil {
			t.Fatal(err)
		}
	}
	return server
}

func say(t testing.TB, c net.Conn, text string) {
	t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
}

// hear reads exactly text from c.
func hear(t testing.TB, c net.Conn, text string) {
	t.Helper()
	got := make([]byte, len(text))
	if n, err := io.ReadFull(c, got); err != nil || string(got) != text {
		t.Fatalf("heard %q, %v; want %q", got[:n], err, text)
	}
}

// next is the error that reading c meets when nothing comes any more.
func next(c net.Conn) error {
	n, err := c.Read(make([]byte, 1))
	if n > 0 {
		return nil
	}
	return err
}

// moved is by how much f's counter moves while do runs.
func moved(t testing.TB, name string, do func()) uint64 {
	t.Helper()
	before := kerneltest.Counter(t, name)
	do()
	return kerneltest.Counter(t, name) - before
}

// smoothed is the round trip time of c as the kernel has measured it.
func smoothed(t testing.TB, c *net.TCPConn) time.Duration {
	t.Helper()
	const rtt = 68 // tcpi_rtt in struct tcp_info, in microseconds
	var info [256]byte
	size := uint32(len(info))
	raw, err := c.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var errno syscall.Errno
	err = raw.Control(func(fd uintptr) {
		_, _, errno = syscall.Syscall6(syscall.SYS_GETSOCKOPT, fd, syscall.IPPROTO_TCP, syscall.TCP_INFO,
			uintptr(unsafe.Pointer(&info)), uintptr(unsafe.Pointer(&size)), 0)
	})
	if err != nil || errno != 0 {
		t.Fatal(err, errno)
	}
	return time.Duration(binary.NativeEndian.Uint32(info[rtt:])) * time.Microsecond
}

// of picks the records of one effect, pure acknowledgements left out.
func of(all []Record, e faults.Effect) []Record {
	return slices.DeleteFunc(slices.Clone(all), func(r Record) bool {
		return r.Effect != e || r.Segments[0] == faults.Ack
	})
}

// eventually waits until what is said is so.
func eventually(t testing.TB, what string, so func() bool) {
	t.Helper()
	for deadline := time.Now().Add(giveUp); !so(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s never came", what)
		}
	}
}

// once selects the first packet of a kind in a direction.
func once(e faults.Effect, way faults.Stream, kind faults.Segment) faults.Fault {
	return faults.Fault{Effect: e, Stream: way, Segments: []faults.Segment{kind}, Selector: faults.Selector{First: 1}}
}

// both holds every packet back for a one-way delay.
func both(d time.Duration) faults.Fault {
	return faults.Fault{Effect: faults.Hold, Delay: faults.After(d)}
}
