package device

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"syscall"
	"testing"
	"time"

	"rstorm/faults"
	"rstorm/kernel/kerneltest"
	"rstorm/results"
)

func TestWhoIsOverALimitIsToldWhy(t *testing.T) {
	for _, s := range []struct {
		profile Profile
		status  int
		ended   Ending
	}{
		{Profile{MaxConnections: 1}, 503, ConnectionLimit},
		{Profile{ConnectionsPerSecond: 1, Burst: 1}, 429, RateLimit},
	} {
		t.Run(string(s.ended), func(t *testing.T) {
			s.profile.OverLimit, s.profile.RetryAfter = OverAnswer, 7
			g := newGate()
			d := switchOnWith(t, s.profile, g.clock())
			first := dial(t, d)
			first.do(put("0-1"))
			second := dial(t, d)
			r := second.do(put("0-2"))
			if r.StatusCode != s.status || r.Header.Get("Retry-After") != "7" || !r.Close {
				t.Errorf("answer %+v", r.Response)
			}
			second.mustEnd(io.EOF)
			second.Close()
			if got := ended(t, d, 2); got.Ended != s.ended || executions(d, "0-2") != 0 {
				t.Errorf("connection %+v, ledger %+v", got, d.Ledger())
			}
			first.do(put("0-3"))
			first.Close()
			ended(t, d, 1)
			g.hands.Store(int64(2 * time.Second))
			dial(t, d).do(put("0-4"))
		})
	}
}

func TestWhoIsOverALimitTakesNoSlot(t *testing.T) {
	d := switchOn(t, Profile{MaxConnections: 1, OverLimit: OverAnswer})
	first := dial(t, d)
	first.do(put("0-1"))
	dial(t, d) // says nothing, and stays
	eventually(t, "the second connection", func() bool { return len(d.Connections()) == 2 })
	first.Close()
	ended(t, d, 1)
	dial(t, d).do(put("0-2"))
}

func TestWhoIsOverALimitIsToldWhyOverHTTP2(t *testing.T) {
	for _, speaks := range multiplexed {
		t.Run(string(speaks), func(t *testing.T) {
			d, err := Start(Config{Protocol: speaks, Profile: Profile{MaxConnections: 1, OverLimit: OverAnswer, RetryAfter: 7, Faults: []faults.Fault{
				{Effect: faults.Reset, Point: faults.Request, Selector: faults.Selector{Connections: []int{2}}}, // it does not get that far
			}}})
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			first := call(t, d)
			p := call(t, d)
			p.put(1, "0-1")
			p.expect("GOAWAY 1 NO_ERROR", "HEADERS 1 503", "DATA 1 END")
			if _, _, err := p.rest(); !errors.Is(err, io.EOF) {
				t.Errorf("the connection ended with %v, want EOF", err)
			}
			p.TCPConn.Close()
			if got := ended(t, d, 2); got.Ended != ConnectionLimit || executions(d, "0-1") != 0 {
				t.Errorf("connection %+v, ledger %+v", got, d.Ledger())
			}
			first.put(1, "0-2")
			first.expect("HEADERS 1 200", "DATA 1 END")
		})
	}
}

func TestWhoIsOverTheLimitQueues(t *testing.T) {
	t.Parallel() // it waits for the kernel
	if !kerneltest.Private(t) {
		return
	}
	resets := kerneltest.OutRsts(t)
	d := switchOn(t, Profile{MaxConnections: 1, OverLimit: OverQueue, Backlog: 2})
	first := dial(t, d)
	first.do(put("0-1"))
	second, third := dial(t, d), dial(t, d) // the backlog
	before := kerneltest.Counter(t, "RetransSegs")
	fourth := knock(t, d, func(c *client) { c.do(put("0-4")) })
	dropped(t, before)
	second.send(put("0-2"))
	first.do(put("0-5"))
	if len(d.Connections()) != 1 || executions(d, "0-2") != 0 {
		t.Errorf("connections %+v, want one", d.Connections())
	}
	first.Close()
	if r := second.receive("PUT"); r.StatusCode != 200 {
		t.Errorf("answer %+v", r.Response)
	}
	second.Close()
	third.do(put("0-3"))
	third.Close()
	fourth.mustGetIn(t)
	if sent := kerneltest.OutRsts(t) - resets; sent != 0 {
		t.Errorf("the kernel sent %d RST", sent)
	}
}

func TestNothingListensWhileEverySlotIsTaken(t *testing.T) {
	d := switchOn(t, Profile{MaxConnections: 2, OverLimit: OverRefuse})
	first, second := dial(t, d), dial(t, d)
	first.do(put("0-1"))
	second.do(put("0-2"))
	for range 2 {
		// Who comes while the door is being shut is reset by the kernel.
		eventually(t, "a refusal", func() bool {
			_, err := tryDial(t, d)
			return errors.Is(err, syscall.ECONNREFUSED)
		})
		second.do(put("0-2"))
		first.Close()
		eventually(t, "an open door", func() (in bool) {
			var err error
			if first, err = tryDial(t, d); err != nil && !errors.Is(err, syscall.ECONNREFUSED) {
				t.Fatal(err)
			}
			return err == nil
		})
		first.do(put("0-3"))
	}
	if all := d.Connections(); len(all) != 4 || executions(d, "0-3") != 2 {
		t.Errorf("connections %+v, ledger %+v", all, d.Ledger())
	}
}

func TestASlotGivenBackLetsTheNextOneIn(t *testing.T) {
	for _, over := range []OverLimit{OverQueue, OverRefuse} {
		t.Run(string(over), func(t *testing.T) {
			d := switchOn(t, Profile{MaxConnections: 1, OverLimit: over})
			const clients, turns = 4, 10
			var all sync.WaitGroup
			for k := range clients {
				all.Go(func() {
					for i := range turns {
						for !served(d, put(fmt.Sprintf("%d-%d", k, i))) {
							if over == OverQueue || t.Context().Err() != nil {
								t.Errorf("client %d was not let in", k)
								return
							}
						}
					}
				})
			}
			all.Wait()
			if n := len(d.Ledger()); n < clients*turns {
				t.Errorf("%d executions", n)
			}
		})
	}
}

// served reports whether a connection of its own got the request answered.
func served(d *Device, request string) bool {
	conn, err := net.DialTimeout("tcp", d.Addr(), patience)
	if err != nil {
		return false
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(patience))
	if _, err := io.WriteString(conn, request); err != nil {
		return false
	}
	_, err = http.ReadResponse(bufio.NewReader(conn), nil)
	return err == nil
}

func TestABacklogIsWhatMayWait(t *testing.T) {
	t.Parallel() // it waits for the kernel
	if !kerneltest.Private(t) {
		return
	}
	d, err := Start(Config{Profile: Profile{MaxConnections: 1, OverLimit: OverQueue, Backlog: 4}, Protocol: results.HTTP})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	dial(t, d).do(put("0-1"))
	for range 4 {
		dial(t, d)
	}
	before := kerneltest.Counter(t, "RetransSegs")
	late := knock(t, d, func(*client) {})
	dropped(t, before)
	d.Close()
	if err := <-late.met; err == nil {
		t.Error("a fifth could wait")
	}
}
