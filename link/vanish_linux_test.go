package link

import (
	"fmt"
	"net"
	"testing"
	"time"

	"rstorm/faults"
	"rstorm/kernel"
	"rstorm/results"
)

// A connection that vanished is silent until somebody uses it.
func TestVanishedConnectionAnswersWithARST(t *testing.T) {
	if err := kernel.CanForget(); err != nil {
		t.Skip(err)
	}
	for _, point := range linkPoints(faults.Vanish) {
		t.Run(string(point), func(t *testing.T) {
			t.Parallel()
			f := faults.Fault{Effect: faults.Vanish, Point: point}
			passes := ""
			switch point {
			case faults.Response:
				f.Bytes, passes = 4, answerHead+"0123"
			case faults.AfterResponse:
				passes = answer
			case faults.Idle:
				f.Delay, f.Attempts, passes = faults.After(20*time.Millisecond), []int{1}, answer
			}
			device := make(chan *net.TCPConn, 1)
			done := make(chan struct{})
			defer close(done)
			l := openLink(t, startDevice(t, func(c *net.TCPConn) {
				if point != faults.BeforeForward {
					c.Read(make([]byte, 4<<10))
					c.Write([]byte(answer))
				}
				device <- c
				<-done
			}), f)
			c := call(t, l.Addr(), nil)
			c.say(request("0-0"))
			c.take(passes)
			d := newSide(t, <-device, nil)
			eventually(t, "the connection has vanished", func() bool { return len(l.relays()) == 0 })
			for name, s := range map[string]*side{"client": c, "device": d} {
				if fin, gone, err := kernelView(s.TCPConn); fin || gone || err != nil {
					t.Errorf("the %s saw a FIN (%t), a RST (%t) or an error (%v)", name, fin, gone, err)
				}
				s.writeToTheEnd()
				if s.saw[0] != "ECONNRESET" && s.saw[0] != "EPIPE" {
					t.Errorf("the %s, which wrote on, saw %s, want ECONNRESET", name, s.saw[0])
				}
			}
			c.Close()
			log := closeLink(t, l)[0]
			if log.First != results.ByLink || log.Reset != results.ByLink || log.Cause != "unknown-connection" || log.Injected != fmt.Sprintf("vanish at %s", point) {
				t.Errorf("log: %+v", log)
			}
		})
	}
}
