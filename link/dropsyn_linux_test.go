package link

import (
	"errors"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"rstorm/faults"
	"rstorm/kernel/kerneltest"
	"rstorm/results"
)

// silent reports whether dialling address is met with silence.
func silent(t *testing.T, address string) bool {
	t.Helper()
	c, err := net.DialTimeout("tcp", address, 100*time.Millisecond)
	if err == nil {
		c.Close()
		return false
	}
	if !errors.Is(err, os.ErrDeadlineExceeded) && results.Classify(err) != results.TimedOut {
		t.Fatalf("dialling met %v, want silence", err)
	}
	return true
}

// awaitJam waits until the accept queue is full.
func awaitJam(t *testing.T, l *Link) {
	t.Helper()
	eventually(t, "the queue is full", func() bool {
		l.gate.mu.Lock()
		defer l.gate.mu.Unlock()
		return l.gate.free != nil
	})
}

func TestDropSYNLetsClientsWaitUntilItsWindowShuts(t *testing.T) {
	const from, length = 300 * time.Millisecond, 500 * time.Millisecond
	l := openLink(t, quietly(t), faults.Fault{Effect: faults.DropSYN, Selector: faults.Selector{Window: faults.Window{From: from, For: length}}})
	before := call(t, l.Addr(), nil)
	awaitJam(t, l)
	if at := l.since(); at < from {
		t.Errorf("SYNs were dropped at %v, before the window", at)
	}
	before.say(request("0-0")) // what was open goes on
	before.take(answer)
	before.Close()
	late := call(t, l.Addr(), nil) // its kernel repeats the SYN
	if at := l.since(); at < from+length {
		t.Errorf("a connection was made at %v, within the window", at)
	}
	late.say(request("1-0"))
	late.take(answer)
	late.Close()
	for _, c := range closeLink(t, l) {
		if c.Reset != "" || c.Injected != "" {
			t.Errorf("log: %+v", c)
		}
	}
}

func TestDropSYNWithoutAWindowNeverListens(t *testing.T) {
	l := openLink(t, quietly(t), faults.Fault{Effect: faults.DropSYN})
	for range 3 {
		if !silent(t, l.Addr()) {
			t.Error("a connection was made")
		}
	}
	if log := closeLink(t, l); len(log) != 0 {
		t.Errorf("log has %v, want no connection", log)
	}
}

// Two faults at the door at once: nothing listens.
func TestRefuseAndDropSYNTogetherRefuse(t *testing.T) {
	l := openLink(t, quietly(t), faults.Fault{Effect: faults.DropSYN, Point: faults.Connect}, faults.Fault{Effect: faults.Refuse, Point: faults.Connect, Selector: faults.Selector{Window: faults.Window{For: 300 * time.Millisecond}}})
	if _, err := net.DialTimeout("tcp", l.Addr(), time.Second); !errors.Is(err, syscall.ECONNREFUSED) && l.since() < 300*time.Millisecond {
		t.Errorf("dial: %v, want ECONNREFUSED", err)
	}
	awaitJam(t, l)
	if !silent(t, l.Addr()) {
		t.Error("a connection was made")
	}
}

func TestDropSYNThenResetNeedsANetworkOfItsOwn(t *testing.T) {
	f := faults.Fault{Effect: faults.DropSYN, Point: faults.Connect, Then: faults.ThenReset}
	if _, err := Open(Config{Device: "127.0.0.1:1", Faults: []faults.Fault{f}}); !errors.Is(err, errors.ErrUnsupported) || !strings.Contains(err.Error(), "private network") {
		t.Errorf("open: %v, want that it needs a private network", err)
	}
	if sysctl(t) != "0" {
		t.Error("the machine was changed")
	}
}

func sysctl(t *testing.T) string {
	b, err := os.ReadFile("/proc/sys/net/ipv4/tcp_abort_on_overflow")
	if err != nil {
		t.Skip(err)
	}
	return strings.TrimSpace(string(b))
}

func TestDropSYNThenResetResetsWhatTheQueueCannotHold(t *testing.T) {
	if !kerneltest.Private(t) {
		return
	}
	l := openLink(t, quietly(t), faults.Fault{Effect: faults.DropSYN, Then: faults.ThenReset})
	if sysctl(t) != "1" {
		t.Error("the kernel does not reset what a queue can't hold")
	}
	before := kerneltest.OutRsts(t)
	const calls = 3
	for range calls {
		c := call(t, l.Addr(), nil)
		c.writeToTheEnd()
		if c.saw[0] != "ECONNRESET" {
			t.Errorf("client saw %v, want ECONNRESET", c.saw)
		}
		c.Close()
	}
	if n := kerneltest.OutRsts(t) - before; n != calls {
		t.Errorf("%d connections made %d RSTs", calls, n)
	}
	closeLink(t, l)
	if sysctl(t) != "0" {
		t.Error("the network was left changed")
	}
}
