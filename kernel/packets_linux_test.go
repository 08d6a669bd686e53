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
				case packet.Length != 20+8+9 || len(packet.Data) != 24 || packet.Interface != 1 || at.Before(from) || at.After(time.Now()):
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
