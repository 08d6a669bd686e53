package live

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"rstorm/kernel"
	"rstorm/kernel/kerneltest"
	"rstorm/packet"
	"rstorm/wire"
)

// storms are ways to make the kernel send one RST.
var storms = []struct {
	name string
	make func(t testing.TB) (one func())
}{
	{"refused", func(t testing.TB) func() {
		to := net.TCPAddrFromAddrPort(held(t))
		return func() {
			if c, err := net.DialTCP("tcp", nil, to); !errors.Is(err, syscall.ECONNREFUSED) {
				t.Errorf("dialled %v, %v, want ECONNREFUSED", c, err)
			}
		}
	}},
	{"linger 0", func(t testing.TB) func() {
		l := listen(t)
		return func() {
			client, server := pair(t, l)
			server.SetLinger(0)
			server.Close()
			failsWith(t, client, syscall.ECONNRESET)
			client.Close()
		}
	}},
	{"closed with unread data", func(t testing.TB) func() {
		l := listen(t)
		return func() {
			client, server := pair(t, l)
			say(t, client, "request")
			acknowledged(t, client)
			server.Close()
			failsWith(t, client, syscall.ECONNRESET)
			client.Close()
		}
	}},
}

func TestEveryRSTOfTheKernelIsCaptured(t *testing.T) {
	for _, storm := range storms {
		for _, mode := range []Mode{Control, Full} {
			t.Run(storm.name+", "+string(mode), func(t *testing.T) {
				r := record(t, Config{Mode: mode})
				before := kerneltest.OutRsts(t)
				const each, workers = 1000, 3
				var wg sync.WaitGroup
				for range workers {
					one := storm.make(t)
					wg.Go(func() {
						for range each {
							one()
						}
					})
				}
				wg.Wait()
				resets := with(wire.RST, r.all(t))
				sent, counts := kerneltest.OutRsts(t)-before, r.Counts()
				if sent != each*workers || uint64(len(resets)) != sent || counts.Resets != sent || counts.Dropped != 0 {
					t.Errorf("the kernel sent %d RSTs, want %d; %d were captured, %+v", sent, each*workers, len(resets), counts)
				}
			})
		}
	}
}

func TestOverLoopbackEachPacketIsSeenOnce(t *testing.T) {
	for _, host := range []string{"127.0.0.1", "::1"} {
		t.Run(host, func(t *testing.T) {
			l := listen(t, host)
			r := record(t, Config{}, portOf(l))
			segments, from := kerneltest.Counter(t, "OutSegs"), time.Now().UnixNano()
			client, server := pair(t, l)
			for range 100 {
				converse(t, client, server)
			}
			server.SetLinger(0)
			server.Close()
			failsWith(t, client, syscall.ECONNRESET)
			all := r.all(t)
			if sent := kerneltest.Counter(t, "OutSegs") - segments; uint64(len(all)) != sent || r.Counts().Packets != sent {
				t.Errorf("the kernel sent %d segments, %d were captured, %+v", sent, len(all), r.Counts())
			}
			lo, until := loopbackIndex(t), time.Now().UnixNano()
			for i, s := range all {
				if s.Number != i+1 || !s.Outgoing || s.Interface != lo || s.At < from || s.At > until || s.Packet.Length != len(s.Data) {
					t.Errorf("packet %d, captured between %d and %d: %+v", i+1, from, until, s)
				}
			}
			if got := said(all, addrOf(l)); got != strings.Repeat("request", 100) {
				t.Errorf("the server was told %q", got)
			}
		})
	}
}

// A middlebox hands every packet back with its addresses exchanged: over a TUN
// device each is seen going out, and coming in, also if it has come up after Open.
func TestOnOtherInterfacesBothDirectionsAreSeen(t *testing.T) {
	needsPrivate(t)
	if err := kernel.CanTUN(); err != nil {
		t.Skip(err)
	}
	r := record(t, Config{}) // while there is loopback alone
	way, err := packet.Open(packet.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { way.Close() })
	l := listen(t, way.Near().String())
	t.Run("up after Open", func(t *testing.T) { bothWays(t, r, way, l) })
	r.Close()
	t.Run("up before Open", func(t *testing.T) { bothWays(t, record(t, Config{}), way, l) })
}

// bothWays resets a connection to l through the middlebox.
func bothWays(t *testing.T, r *tape, way *packet.Middlebox, l *net.TCPListener) {
	if err := r.Watch(portOf(l)); err != nil {
		t.Fatal(err)
	}
	before := kerneltest.OutRsts(t)
	dialed := netip.AddrPortFrom(way.Far(), portOf(l))
	client, server := joined(t, l, dialed)
	converse(t, client, server)
	acknowledged(t, server) // an ACK that came later would have a RST of its own
	server.SetLinger(0)
	server.Close()
	failsWith(t, client, syscall.ECONNRESET)
	all := r.all(t)
	for _, leg := range []struct {
		to       netip.AddrPort
		outgoing bool
	}{{dialed, true}, {addrOf(l), false}} {
		toward := slices.DeleteFunc(slices.Clone(all), func(s seen) bool { return s.Target != leg.to })
		if len(with(wire.SYN, toward)) != 1 || said(toward, leg.to) != "request" {
			t.Errorf("toward %v went %+v", leg.to, toward)
		}
		for _, s := range toward {
			if s.Outgoing != leg.outgoing {
				t.Errorf("toward %v, outgoing %v: %+v", leg.to, leg.outgoing, s)
			}
		}
	}
	sent, resets := kerneltest.OutRsts(t)-before, with(wire.RST, all)
	if sent != 1 || r.Counts().Resets != 1 || len(resets) != 2 { // it went out, and came in
		t.Errorf("the kernel sent %d RSTs; %d were counted, %d were seen", sent, r.Counts().Resets, len(resets))
	}
}

func TestControlCapturesNoExchangeAndSnapNoLongBody(t *testing.T) {
	for _, kind := range []struct {
		Config
		said int // bytes that were captured
	}{{Config{Mode: Control}, 0}, {Config{Snap: 256}, 256 - 20 - 32}, {Config{Snap: 1}, 128 - 20 - 32}, {Config{}, 512 - 20 - 32}} {
		l := listen(t)
		r := record(t, kind.Config, portOf(l))
		client, server := pair(t, l)
		say(t, client, strings.Repeat("x", 2000))
		hear(t, server, strings.Repeat("x", 2000))
		client.CloseWrite()
		failsWith(t, server, io.EOF)
		all := r.all(t)
		if len(with(wire.SYN, all)) != 2 || len(with(wire.FIN, all)) != 1 {
			t.Errorf("%+v: the handshake or the FIN is missing: %+v", kind.Config, all)
		}
		if got := len(said(all, addrOf(l))); got != kind.said {
			t.Errorf("%+v: %d bytes were captured, want %d", kind.Config, got, kind.said)
		}
	}
}

func TestWhatCannotBeHadSaysWhy(t *testing.T) {
	needsPrivate(t)
	if _, err := Open(Config{Mode: "half"}); err == nil || !strings.Contains(err.Error(), `"half"`) {
		t.Errorf("of a mode that is not: %v", err)
	}
	err := withoutRights(func() error { _, err := Open(Config{}); return err })
	if !errors.Is(err, syscall.EPERM) || !errors.Is(err, errors.ErrUnsupported) || !strings.Contains(err.Error(), "CAP_NET_RAW") {
		t.Errorf("without rights, Open: %v", err)
	}
	err = withoutRights(func() error { _, err := OpenReasons(); return err })
	if !errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.EPERM) && !strings.Contains(err.Error(), "root") {
		t.Errorf("without rights, OpenReasons: %v", err)
	}
}

// withoutRights does what is to fail on a thread that has no capabilities.
func withoutRights(do func() error) error {
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends as it is
		if err := dropRights(); err != nil {
			done <- err
			return
		}
		done <- do()
	}()
	return <-done
}

// dropRights takes all capabilities from this thread (capset(2)).
func dropRights() error {
	header := struct{ version, pid uint32 }{version: 0x20080522}
	var none [6]uint32
	if _, _, errno := syscall.RawSyscall(syscall.SYS_CAPSET, uintptr(unsafe.Pointer(&header)), uintptr(unsafe.Pointer(&none)), 0); errno != 0 {
		return errno
	}
	return nil
}
