package kernel_test

import (
	"errors"
	"net"
	"os"
	"slices"
	"syscall"
	"testing"
	"time"

	"rstorm/kernel"
	"rstorm/kernel/kerneltest"
)

// keep is a filter that keeps so many bytes of every packet.
func keep(bytes uint32) []kernel.Instruction { return []kernel.Instruction{{Op: 0x06, K: bytes}} }

func TestPacketsOverLoopbackPassTwice(t *testing.T) {
	if !kerneltest.Private(t) {
		return
	}
	for _, size := range []int{0, 1 << 20, 32 << 20} {
		p, err := kernel.OpenPackets(size, keep(24))
		if err != nil {
			t.Fatal(err)
		}
		conn, err := net.Dial("udp4", "127.0.0.1:9")
		if err != nil {
			t.Fatal(err)
		}
		from := time.Now()
		if _, err := conn.Write([]byte("something")); err != nil {
			t.Fatal(err)
		}
		var outgoing []bool
		for len(outgoing) < 2 {
			err := p.Read(func(packet *kernel.Packet) {
				at := time.Unix(0, packet.At)
				switch {
				case packet.Data[9] == syscall.IPPROTO_ICMP: // nobody listens
				case packet.Length != 20+8+9 || len(packet.Data) != 24 || packet.Interface != 1 || !packet.Loopback || at.Before(from) || at.After(time.Now()):
					t.Errorf("%+v", packet)
				default:
					outgoing = append(outgoing, packet.Outgoing)
				}
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if !slices.Equal(outgoing, []bool{true, false}) {
			t.Errorf("a packet passed, outgoing %v", outgoing)
		}
		if dropped, err := p.Dropped(); dropped != 0 || err != nil {
			t.Errorf("dropped %d, %v", dropped, err)
		}
		if err := errors.Join(conn.Close(), p.Close()); err != nil {
			t.Error(err)
		}
	}
}

func TestPacketsThatGoOutNeedNotBeSeen(t *testing.T) {
	if !kerneltest.Private(t) {
		return
	}
	p, err := kernel.OpenPackets(0, keep(28))
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	steps := []bool{false, true, false}
	for step, seen := range steps {
		if err := p.Outgoing(seen); err != nil {
			t.Fatal(err)
		}
		if _, err := conn.WriteTo(make([]byte, step), conn.LocalAddr()); err != nil {
			t.Fatal(err)
		}
		if n, _, err := conn.ReadFrom(make([]byte, 9)); n != step || err != nil { // it has passed
			t.Fatal(n, err)
		}
	}
	type pass struct {
		step     int
		outgoing bool
	}
	var passes []pass
	for last := false; !last; {
		err := p.Read(func(packet *kernel.Packet) {
			step := packet.Length - 28
			passes = append(passes, pass{step, packet.Outgoing})
			last = last || step == len(steps)-1
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if want := []pass{{0, false}, {1, true}, {1, false}, {2, false}}; !slices.Equal(passes, want) {
		t.Errorf("passed %v, want %v", passes, want)
	}
	if err := errors.Join(conn.Close(), p.Close()); err != nil {
		t.Error(err)
	}
	if err := p.Outgoing(true); !errors.Is(err, os.ErrClosed) {
		t.Errorf("Outgoing of closed ones: %v", err)
	}
}

func TestPacketsWithoutAFilterAreRefused(t *testing.T) {
	if !kerneltest.Private(t) {
		return
	}
	for _, filter := range [][]kernel.Instruction{nil, make([]kernel.Instruction, 5000), {{Op: 0xffff}}} {
		if _, err := kernel.OpenPackets(0, filter); !errors.Is(err, syscall.EINVAL) {
			t.Errorf("of %d instructions: %v", len(filter), err)
		}
	}
}

func TestClosedPacketsWakeWhoReads(t *testing.T) {
	if !kerneltest.Private(t) {
		return
	}
	p, err := kernel.OpenPackets(0, keep(0))
	if err != nil {
		t.Fatal(err)
	}
	woken := make(chan error)
	go func() { woken <- p.Read(func(*kernel.Packet) {}) }()
	if err := errors.Join(p.Close(), p.Close()); err != nil {
		t.Error(err)
	}
	if err := <-woken; !errors.Is(err, os.ErrClosed) {
		t.Errorf("a waiting Read returned %v", err)
	}
	if err := p.Read(nil); !errors.Is(err, os.ErrClosed) {
		t.Errorf("a later Read returned %v", err)
	}
	if _, err := p.Dropped(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("Dropped of a closed one: %v", err)
	}
}
