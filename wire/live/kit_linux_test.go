package live

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"rstorm/kernel"
	"rstorm/kernel/kerneltest"
	"rstorm/wire"
)

// giveUp is when a test that hangs is taken to have failed.
const giveUp = 60 * time.Second

// TestMain runs everything in a private network, in which the kernel counts
// nothing but what a test does, and checks that nothing is left behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(private{m}) }

type private struct{ *testing.M }

func (p private) Run() int { return kerneltest.Main(p.M) }

// seen is one segment, as it was captured.
type seen struct {
	wire.Packet
	wire.Segment
}

// A tape keeps what was captured.
type tape struct {
	*Capture
	mu   sync.Mutex
	kept []seen
}

func (r *tape) keep(p *wire.Packet, s *wire.Segment) {
	r.mu.Lock()
	defer r.mu.Unlock()
	kept := seen{*p, *s}
	kept.Data, kept.Payload = slices.Clone(p.Data), slices.Clone(s.Payload)
	r.kept = append(r.kept, kept)
}

// all is what was captured until now.
func (r *tape) all(t testing.TB) []seen {
	t.Helper()
	flush(t, r.Capture)
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.kept)
}

// with are those of the segments that have a flag.
func with(flag wire.Flags, all []seen) []seen {
	return slices.DeleteFunc(slices.Clone(all), func(s seen) bool { return !s.Flags.Has(flag) })
}

// record opens a capture that keeps everything, on these ports.
func record(t testing.TB, cfg Config, ports ...uint16) *tape {
	t.Helper()
	r := &tape{}
	cfg.Handle = r.keep
	r.Capture = opened(t, cfg, ports...)
	return r
}

// opened opens a capture for one test, or skips the test where it can't.
func opened(t testing.TB, cfg Config, ports ...uint16) *Capture {
	t.Helper()
	needsPrivate(t)
	c, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := c.Watch(ports...); err != nil {
		t.Fatal(err)
	}
	return c
}

func needsPrivate(t testing.TB) {
	t.Helper()
	if !kernel.Isolated() {
		t.Skip("no private network here")
	}
}

func flush(t testing.TB, c *Capture) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), giveUp)
	defer cancel()
	if err := c.Flush(ctx); err != nil {
		t.Fatal(err)
	}
}

// listen listens on loopback, of IPv4 unless told otherwise.
func listen(t testing.TB, host ...string) *net.TCPListener {
	t.Helper()
	at := "127.0.0.1"
	if len(host) > 0 {
		at = host[0]
	}
	plain := net.ListenConfig{}
	plain.SetMultipathTCP(false)
	l, err := plain.Listen(t.Context(), "tcp", net.JoinHostPort(at, "0"))
	if err != nil {
		if len(host) > 0 {
			t.Skipf("no listening on %s here: %v", at, err)
		}
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l.(*net.TCPListener)
}

// addrOf is where to dial l: over IPv4, if it listens on both.
func addrOf(l net.Listener) netip.AddrPort {
	at := l.Addr().(*net.TCPAddr).AddrPort()
	if at.Addr().IsUnspecified() {
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), at.Port())
	}
	return at
}

func portOf(l net.Listener) uint16 { return addrOf(l).Port() }

// pair makes a connection to l and returns its two ends.
func pair(t testing.TB, l *net.TCPListener) (client, server *net.TCPConn) {
	t.Helper()
	return joined(t, l, addrOf(l))
}

// joined is as pair, for a listener that is dialled at another address.
func joined(t testing.TB, l *net.TCPListener, at netip.AddrPort) (client, server *net.TCPConn) {
	t.Helper()
	client, err := net.DialTCP("tcp", nil, net.TCPAddrFromAddrPort(at))
	if err != nil {
		t.Fatal(err)
	}
	if server, err = l.AcceptTCP(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []*net.TCPConn{client, server} {
		t.Cleanup(func() { c.Close() })
		if err := c.SetDeadline(time.Now().Add(giveUp)); err != nil {
			t.Fatal(err)
		}
	}
	return client, server
}

// converse exchanges a request and a response.
func converse(t testing.TB, client, server *net.TCPConn) {
	t.Helper()
	say(t, client, "request")
	hear(t, server, "request")
	say(t, server, "response")
	hear(t, client, "response")
}

// said is the payload of the segments to an address.
func said(all []seen, to netip.AddrPort) string {
	var b strings.Builder
	for _, s := range all {
		if s.Target == to {
			b.Write(s.Payload)
		}
	}
	return b.String()
}

// loopbackIndex is the number of the loopback interface.
func loopbackIndex(t testing.TB) int {
	t.Helper()
	lo, err := net.InterfaceByName("lo")
	if err != nil {
		t.Fatal(err)
	}
	return lo.Index
}

// held is an address on which connections are refused.
func held(t testing.TB) netip.AddrPort {
	t.Helper()
	h, err := kernel.Hold(netip.MustParseAddrPort("127.0.0.1:0"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	return h.Addr()
}

func say(t testing.TB, c net.Conn, text string) {
	t.Helper()
	if _, err := c.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
}

func hear(t testing.TB, c net.Conn, text string) {
	t.Helper()
	got := make([]byte, len(text))
	for n := 0; n < len(got); {
		more, err := c.Read(got[n:])
		if n += more; err != nil {
			t.Fatalf("read %q, %v; want %q", got[:n], err, text)
		}
	}
}

// acknowledged waits until the peer's kernel has all that was written to c.
func acknowledged(t testing.TB, c *net.TCPConn) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), giveUp)
	defer cancel()
	if err := kernel.Acknowledged(ctx, c); err != nil {
		t.Fatal(err)
	}
}

// failsWith reads c until it fails.
func failsWith(t testing.TB, c net.Conn, want error) {
	t.Helper()
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, want) || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the client read %v, want %v", err, want)
	}
}

// acknowledgedOrReset waits until the peer's kernel has all that was written
// to c, or has answered it with a RST.
func acknowledgedOrReset(t testing.TB, c *net.TCPConn) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), giveUp)
	defer cancel()
	if err := kernel.Acknowledged(ctx, c); err != nil && !errors.Is(err, syscall.ECONNRESET) {
		t.Fatal(err)
	}
}

func dial(to netip.AddrPort) (*net.TCPConn, error) {
	c, err := net.DialTCP("tcp", nil, net.TCPAddrFromAddrPort(to))
	if err == nil {
		err = c.SetDeadline(time.Now().Add(giveUp))
	}
	return c, err
}

// dialled says how dialling ends.
func dialled(to netip.AddrPort) error {
	c, err := dial(to)
	if err == nil {
		c.Close()
	}
	return err
}

// elsewhere makes a RST in a network of its own.
func elsewhere(t testing.TB) {
	t.Helper()
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends in its network
		if err := syscall.Unshare(syscall.CLONE_NEWNET); err != nil {
			done <- err
			return
		}
		if err := kernel.Raise(); err != nil {
			done <- err
			return
		}
		h, err := kernel.Hold(netip.MustParseAddrPort("127.0.0.1:0"))
		if err != nil {
			done <- err
			return
		}
		if err = dialled(h.Addr()); errors.Is(err, syscall.ECONNREFUSED) {
			err = nil
		}
		done <- errors.Join(err, h.Close())
	}()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}
