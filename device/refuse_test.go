package device

import (
	"errors"
	"io"
	"net"
	"runtime"
	"syscall"
	"testing"
	"time"

	"rstorm/faults"
)

func mustRefuse(t *testing.T, d running) {
	t.Helper()
	if _, err := tryDial(t, d); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Fatalf("dialling met %v, want ECONNREFUSED", err)
	}
}

func TestRefuse(t *testing.T) {
	for _, s := range []struct {
		then faults.Then
		end  error // of the connection that was open; nil if it goes on
	}{{"", nil}, {faults.ThenClose, io.EOF}, {faults.ThenReset, errReset}} {
		t.Run("then "+string(s.then), func(t *testing.T) {
			g := newGate()
			d := switchOnWith(t, Profile{Faults: []faults.Fault{{
				Effect: faults.Refuse, Point: faults.Connect, Then: s.then,
				Selector: faults.Selector{Window: faults.Window{From: time.Second, For: 2 * time.Second, Every: 10 * time.Second}},
			}}}, g.clock())
			tick := func(want, now time.Duration) {
				t.Helper()
				if w := g.arrive(t); w != want {
					t.Errorf("the door holds for %v, want %v", w, want)
				}
				g.hands.Store(int64(now))
			}
			tick(time.Second, 0)
			g.open(t) // a look too early changes nothing
			tick(time.Second, time.Second)
			c := dial(t, d)
			c.do(put("0-1"))

			g.open(t)
			tick(2*time.Second, 3*time.Second)
			mustRefuse(t, d)
			if s.end == nil {
				c.do(put("0-2"))
			} else {
				c.mustEnd(s.end)
				if got := ended(t, d, 1); got.Ended != "refuse at connect" {
					t.Errorf("connection %+v", got)
				}
			}

			g.open(t)
			tick(8*time.Second, 11*time.Second)
			dial(t, d).do(put("0-3"))

			g.open(t)
			tick(2*time.Second, 11*time.Second)
			mustRefuse(t, d)
		})
	}
}

func TestRefuseFromTheStartForEver(t *testing.T) {
	d := switchOn(t, Profile{Faults: []faults.Fault{{Effect: faults.Refuse, Point: faults.Connect}}})
	mustRefuse(t, d)
	if len(d.Connections()) != 0 {
		t.Errorf("connections %+v", d.Connections())
	}
}

func TestAPortThatRefusesIsNotGivenToOthers(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux lets two sockets of one process reserve and use a port")
	}
	other := switchOn(t, Profile{})
	d := switchOn(t, Profile{Faults: []faults.Fault{{Effect: faults.Refuse, Point: faults.Connect}}})
	local, err := net.ResolveTCPAddr("tcp", d.Addr())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (&net.Dialer{LocalAddr: local}).Dial("tcp", other.Addr()); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("dialling from the refusing port: %v, want EADDRINUSE", err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	conn, err := (&net.Dialer{LocalAddr: local}).Dial("tcp", other.Addr())
	if err != nil {
		t.Fatalf("after Close: %v", err)
	}
	conn.Close()
}

func TestClosingReportsThatTheDeviceCouldNotListenAgain(t *testing.T) {
	g := newGate()
	d, err := start(Config{Profile: Profile{Faults: []faults.Fault{{
		Effect: faults.Refuse, Point: faults.Connect, Selector: faults.Selector{Window: faults.Window{For: time.Second}},
	}}}}, g.clock())
	if err != nil {
		t.Fatal(err)
	}
	g.arrive(t)
	thief, err := net.Listen("tcp", d.Addr()) // it too sets SO_REUSEADDR
	if err != nil {
		t.Fatal(err)
	}
	defer thief.Close()
	g.hands.Store(int64(time.Second))
	g.open(t)
	eventually(t, "the failure to listen", func() bool {
		d.mu.Lock()
		defer d.mu.Unlock()
		return d.failed != nil
	})
	for range 2 {
		if err := d.Close(); !errors.Is(err, syscall.EADDRINUSE) {
			t.Errorf("Close: %v, want EADDRINUSE", err)
		}
	}
}
