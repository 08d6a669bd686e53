package link

import (
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"rstorm/faults"
	"rstorm/kernel/kerneltest"
)

// A resetRow is a fault, and how many RSTs the kernel sends for one command
// that meets it.
type resetRow struct {
	f    faults.Fault
	rsts uint64
}

// resetRows counts the RSTs of what this package can do to a connection.
func resetRows() (rows []resetRow) {
	for _, row := range endings {
		n := uint64(0)
		if row.effect == faults.Reset {
			n = 2 // one on each leg
			if row.point == faults.Connect {
				n = 1 // the device is not connected yet
			}
		}
		rows = append(rows, resetRow{sample(row.effect, row.point), n})
	}
	return append(rows,
		resetRow{faults.Fault{Effect: faults.Garbage, Point: faults.AfterForward}, 0},
		resetRow{faults.Fault{Effect: faults.Status, Point: faults.BeforeForward, Code: 503}, 0},
		resetRow{faults.Fault{Effect: faults.Unsolicited, Point: faults.AfterResponse}, 0},
		resetRow{faults.Fault{Effect: faults.Stall, Point: faults.AfterForward, Delay: faults.After(time.Millisecond)}, 0},
		resetRow{faults.Fault{Effect: faults.BlackHole, Point: faults.AfterForward, Delay: faults.After(50 * time.Millisecond)}, 0},
		// The client's FIN and the device's each meet a kernel that knows nothing.
		resetRow{faults.Fault{Effect: faults.Vanish, Point: faults.AfterResponse}, 2},
	)
}

func TestTheKernelSendsExactlyTheResetsExpected(t *testing.T) {
	if !kerneltest.Private(t) {
		return
	}
	for _, row := range resetRows() {
		t.Run(fmt.Sprintf("%s at %s", row.f.Effect, row.f.Point), func(t *testing.T) {
			before := kerneltest.OutRsts(t)
			gone := make(chan struct{})
			l := openLink(t, startDevice(t, func(c *net.TCPConn) {
				defer close(gone)
				b := make([]byte, 4<<10)
				for {
					if _, err := c.Read(b); err != nil {
						break
					}
					if _, err := io.WriteString(c, answer); err != nil || row.f.Point == faults.OnFIN {
						break
					}
				}
				c.Close()
			}), row.f)
			if row.f.Point == faults.Connect {
				ask(t, l.Addr(), "")
				closeLink(t, l)
				if n := kerneltest.OutRsts(t) - before; n != row.rsts {
					t.Errorf("the kernel sent %d RSTs, want %d", n, row.rsts)
				}
				return
			}
			c := call(t, l.Addr(), nil)
			c.say(opening(row.f.Point))
			if row.f.Effect == faults.Vanish {
				c.take(answer)
				eventually(t, "the connection has vanished", func() bool { return len(l.relays()) == 0 })
				c.CloseWrite()
				c.drain() // until the RST has come
				if n := kerneltest.OutRsts(t) - before; n != 1 {
					t.Errorf("the client's FIN made %d RSTs, want 1", n)
				}
				c.Close()
				return // the device's comes when the test ends
			}
			if !row.f.Effect.Ends() {
				want := answer
				switch row.f.Effect {
				case faults.Garbage:
					want = noise
				case faults.Status:
					want = ""
				case faults.Unsolicited:
					want += unasked
				}
				c.take(want)
				c.CloseWrite()
			}
			c.drain()
			c.Close()
			closeLink(t, l)
			<-gone
			if n := kerneltest.OutRsts(t) - before; n != row.rsts {
				t.Errorf("the kernel sent %d RSTs, want %d", n, row.rsts)
			}
		})
	}
}
