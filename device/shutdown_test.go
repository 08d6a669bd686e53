package device

import (
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"syscall"
	"testing"
	"time"

	"rstorm/faults"
)

func TestCloseEndsEveryConnectionWhateverItDoes(t *testing.T) {
	at := func(e faults.Effect, p faults.Point) Profile {
		return Profile{Faults: []faults.Fault{{Effect: e, Point: p}}}
	}
	hour := faults.After(time.Hour)
	for _, s := range []struct {
		name    string
		profile Profile
		request string
		reached func(*Device) bool
	}{
		{"waiting for a request", Profile{}, "", connected},
		{"in half a head", Profile{}, "PUT /put/ctrl HTTP/1.1\r\nHost:", connected},
		{"in half a body", Profile{}, put("0-1", "Content-Length: 5") + "he", connected},
		{"idle, armed", Profile{Faults: []faults.Fault{{Effect: faults.Close, Point: faults.Idle, Delay: hour}}}, "", connected},
		{"held", Profile{Faults: []faults.Fault{{Effect: faults.Hold, Point: faults.AfterForward, Delay: hour}}}, put("0-1"), executed},
		{"about to close", Profile{Faults: []faults.Fault{{Effect: faults.Close, Point: faults.AfterResponse, Delay: hour}}}, put("0-1"), executed},
		{"stalled for ever", at(faults.Stall, faults.AfterForward), put("0-1"), executed},
		{"stalled for long", Profile{Faults: []faults.Fault{{Effect: faults.Stall, Point: faults.AfterForward, Delay: hour}}}, put("0-1"), executed},
	} {
		t.Run(s.name, func(t *testing.T) {
			d := switchOn(t, s.profile)
			c := dial(t, d)
			c.send(s.request)
			eventually(t, "the state to close in", func() bool { return s.reached(d) })
			if err := d.Close(); err != nil {
				t.Fatal(err)
			}
			if got := d.Connections()[0]; got.Ended != Shutdown || got.Closed == 0 {
				t.Errorf("connection %+v", got)
			}
			if _, err := c.rest(); err == nil {
				t.Error("the connection is still open")
			}
		})
	}
}

func connected(d *Device) bool { return len(d.Connections()) == 1 }
func executed(d *Device) bool  { return len(d.Ledger()) == 1 }

func TestCloseEndsALingeringClose(t *testing.T) {
	for _, effect := range []faults.Effect{faults.HalfClose, faults.Drain} {
		d := switchOn(t, Profile{Faults: []faults.Fault{{Effect: effect, Point: faults.AfterResponse}}})
		c := dial(t, d)
		c.do(put("0-1"))
		if _, err := c.in.Peek(1); err == nil {
			t.Errorf("%s: no end of file", effect)
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
		if got := d.Connections()[0]; got.Closed == 0 {
			t.Errorf("%s: connection %+v", effect, got)
		}
	}
}

func TestWhatIsInItsServiceTimeIsExecutedWhenTheDeviceIsSwitchedOff(t *testing.T) {
	g := newGate()
	d := switchOnWith(t, Profile{Deduplicate: true, ServiceTime: faults.After(time.Hour)}, g.clock())
	dial(t, d).send(put("0-1"))
	g.arrive(t)
	dial(t, d).send(put("0-1")) // waits for the first, and is not executed again
	eventually(t, "the repeat's arrival", func() bool {
		d.ledger.mu.Lock()
		defer d.ledger.mu.Unlock()
		return d.ledger.commands["0-1"].received == 2
	})
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	if got := d.Ledger(); len(got) != 1 || got[0].Command != "0-1" {
		t.Errorf("ledger %+v", got)
	}
}

func TestCloseMayBeCalledAtAnyTimeAndTwice(t *testing.T) {
	d := switchOn(t, Profile{})
	var clients sync.WaitGroup
	for k := range 4 {
		clients.Go(func() {
			for i := range 20 {
				conn, err := net.Dial("tcp", d.Addr())
				if err != nil {
					return
				}
				fmt.Fprint(conn, put(fmt.Sprintf("%d-%d", k, i)))
				conn.Close()
			}
		})
	}
	eventually(t, "an execution", func() bool { return len(d.Ledger()) > 0 })
	for range 2 {
		clients.Go(func() {
			if err := d.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	clients.Wait()
	for _, c := range d.Connections() {
		if c.Ended == "" || c.Closed == 0 {
			t.Errorf("connection left open: %+v", c)
		}
	}
	if _, err := net.Dial("tcp", d.Addr()); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("dialling a closed device: %v", err)
	}
}

func TestAConnectionAcceptedWhileTheDeviceIsSwitchedOffIsClosed(t *testing.T) {
	d := switchOn(t, Profile{})
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	l, err := bind(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	late, err := l.AcceptTCP()
	if err != nil {
		t.Fatal(err)
	}
	d.admit(late)
	if got := d.Connections(); len(got) != 1 || got[0].Ended != Shutdown {
		t.Errorf("connections %+v", got)
	}
	if _, err := conn.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the client reads %v, want EOF", err)
	}
}
