package link

import (
	"encoding/binary"
	"fmt"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"rstorm/faults"
	"rstorm/kernel"
	"rstorm/kernel/kerneltest"
)

// retransmits is how often in a row the kernel has repeated what c's peer does
// not acknowledge (tcpi_retransmits, the third byte of TCP_INFO).
func retransmits(c *net.TCPConn) (n byte) {
	onSocket(c, func(fd int) {
		v, err := syscall.GetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_INFO)
		if err == nil {
			var b [4]byte
			binary.NativeEndian.PutUint32(b[:], uint32(v))
			n = b[2]
		}
	})
	return n
}

// awaitHole waits until the link's first connection has lost both its kernels.
func awaitHole(t *testing.T, l *Link) {
	t.Helper()
	eventually(t, "both legs of the first connection are in the hole", func() bool {
		for _, r := range l.relays() {
			r.mu.Lock()
			h := r.hole
			r.mu.Unlock()
			if r.log.Number == 1 && h != nil {
				h.mu.Lock()
				defer h.mu.Unlock()
				return len(h.heals) == 2
			}
		}
		return false
	})
}

// holed is a fault that swallows the first connection at point, and what its
// client gets before.
func holed(point faults.Point) (f faults.Fault, passes string) {
	f = faults.Fault{Effect: faults.BlackHole, Point: point, Selector: faults.Selector{Connections: []int{1}}}
	switch point {
	case faults.Response:
		f.Bytes, passes = 4, answerHead+"0123"
	case faults.Request:
		f.Bytes = 2
	case faults.AfterResponse:
		passes = answer
	case faults.Idle:
		f.Delay = faults.After(20 * time.Millisecond)
	}
	return f, passes
}

// The client's kernel repeats what it sent, for nobody acknowledges it; a
// stalled connection's does not.
func TestBlackHoleAcknowledgesNothing(t *testing.T) {
	if kernel.CanBlackHole() != nil && !kerneltest.Private(t) {
		return // where it takes a privilege a private network has it
	}
	for _, point := range linkPoints(faults.BlackHole) {
		t.Run(string(point), func(t *testing.T) {
			t.Parallel()
			f, passes := holed(point)
			got := make(chan string, 2)
			l := openLink(t, startDevice(t, answering(got, false)), f)
			c := call(t, l.Addr(), nil)
			if point != faults.Connect && point != faults.Idle {
				c.say(request("0-0"))
			}
			c.take(passes)
			awaitHole(t, l)
			c.say(request("0-1"))
			eventually(t, "the kernel has repeated the request", func() bool { return retransmits(c.TCPConn) > 0 })
			if unsent(c.TCPConn) == 0 {
				t.Error("the request was acknowledged")
			}
			twin := call(t, l.Addr(), nil)
			twin.say(request("1-0"))
			twin.take(answer)
			twin.Close()
			c.reset() // which is not noticed
			if err := l.Close(past()); err != nil {
				t.Error(err)
			}
			log := l.Log()
			if len(log) != 2 || log[0].Reset != "" || log[0].First != "" || log[0].Injected != "" {
				t.Fatalf("log: %+v; want two connections, the first ended by nobody", log)
			}
			if want := fmt.Sprintf("black-hole at %s", point); len(log[0].Strikes) != 1 || log[0].Strikes[0].Fault != want {
				t.Errorf("log: strikes %+v, want %s", log[0].Strikes, want)
			}
		})
	}
}

func TestBlackHoleHeals(t *testing.T) {
	if kernel.CanBlackHole() != nil && !kerneltest.Private(t) {
		return // where it takes a privilege a private network has it
	}
	for _, point := range linkPoints(faults.BlackHole) {
		if point == faults.Idle {
			continue // its delay is the idle time: it never heals
		}
		t.Run(string(point), func(t *testing.T) {
			t.Parallel()
			f, passes := holed(point)
			f.Delay = faults.After(300 * time.Millisecond)
			f.First = 1
			got := make(chan string, 1)
			l := openLink(t, startDevice(t, answering(got, false)), f)
			c := call(t, l.Addr(), nil)
			c.say(request("0-0"))
			if passes == answer {
				c.take(answer)
				c.say(request("0-1"))
			}
			c.take(answer)
			c.CloseWrite()
			c.drain()
			c.Close()
			if c.saw[0] != `"", EOF` {
				t.Errorf("client saw %v after the answers, want EOF", c.saw)
			}
			if s := <-got; !strings.HasSuffix(s, ", EOF") || strings.HasPrefix(s, "0 ") {
				t.Errorf("device got %s", s)
			}
			log := closeLink(t, l)[0]
			if log.Reset != "" || log.Injected != "" || len(log.Strikes) != 1 {
				t.Errorf("log: %+v; want a strike and no end by it", log)
			}
			last := log.Exchanges[len(log.Exchanges)-1]
			if last.Answered < log.Opened+300*time.Millisecond {
				t.Errorf("the last answer passed at %v, before the hole healed", last.Answered)
			}
		})
	}
}

// Unlike a black hole, a stall acknowledges.
func TestStallAcknowledges(t *testing.T) {
	l := openLink(t, quietly(t), faults.Fault{Effect: faults.Stall, Point: faults.Connect})
	c := call(t, l.Addr(), nil)
	defer c.Close()
	awaitStall(t, l)
	c.say(request("0-0"))
	eventually(t, "the request is acknowledged", func() bool { return unsent(c.TCPConn) == 0 })
	l.Close(past())
}
