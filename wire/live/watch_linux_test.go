package live

import (
	"io"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"rstorm/wire"
)

func TestWhatIsWatchedIsNotMissedWhileOtherPortsComeAndGo(t *testing.T) {
	l := listen(t)
	r := record(t, Config{}, portOf(l))
	client, server := pair(t, l)
	stop, changes := make(chan struct{}), 0
	var wg sync.WaitGroup
	wg.Go(func() {
		for ; ; changes++ {
			select {
			case <-stop:
				return
			default:
			}
			port := uint16(1 + changes%1000)
			if err := r.Watch(port, portOf(l)); err != nil {
				t.Error(err)
			}
			if err := r.Unwatch(portOf(l), port); err != nil {
				t.Error(err)
			}
		}
	})
	const times = 5000
	for range times {
		converse(t, client, server)
	}
	close(stop)
	wg.Wait()
	all, back := r.all(t), client.LocalAddr().String()
	if said(all, addrOf(l)) != strings.Repeat("request", times) || said(all, netip.MustParseAddrPort(back)) != strings.Repeat("response", times) {
		t.Errorf("of %d exchanges something is missing after %d changes, %+v", times, changes, r.Counts())
	}
	if changes == 0 {
		t.Error("nothing changed")
	}
}

func TestPortsAreCapturedFromWatchToUnwatch(t *testing.T) {
	watched, other := listen(t), listen(t)
	r := record(t, Config{})
	client, server := pair(t, watched)
	stranger, strangers := pair(t, other)
	step := 0
	expect := func(exchanges int) {
		t.Helper()
		step++
		before := len(said(r.all(t), addrOf(watched)))
		converse(t, client, server)
		converse(t, stranger, strangers)
		all := r.all(t)
		if got := len(said(all, addrOf(watched))) - before; got != exchanges*len("request") {
			t.Errorf("step %d: %d bytes to the watched port were captured, want %d requests", step, got, exchanges)
		}
		if got := said(all, addrOf(other)); got != "" {
			t.Errorf("step %d: the other port was captured: %q", step, got)
		}
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	port := portOf(watched)
	expect(0)
	must(r.Watch(port, port))
	expect(1)
	must(r.Unwatch(port))
	expect(1) // watched twice
	must(r.Unwatch(port))
	expect(0)
	must(r.Unwatch(port)) // more often than watched
	must(r.Watch(port))
	expect(1)
	strangers.SetLinger(0)
	strangers.Close()
	if _, err := stranger.Read(make([]byte, 1)); err == nil || err == io.EOF {
		t.Errorf("the stranger read %v", err)
	}
	if resets := with(wire.RST, r.all(t)); len(resets) != 1 || resets[0].Source != addrOf(other) {
		t.Errorf("of RSTs on a port that is not watched: %+v", resets)
	}
}

func TestOfTooManyPortsAllAreCaptured(t *testing.T) {
	l := listen(t)
	r := record(t, Config{})
	var many []uint16
	for i := range manyPorts {
		many = append(many, uint16(i+1))
	}
	if err := r.Watch(many...); err != nil {
		t.Fatal(err)
	}
	told := func() string {
		client, server := pair(t, l)
		converse(t, client, server)
		return said(r.all(t), addrOf(l))
	}
	if got := told(); got != "" {
		t.Errorf("with %d ports another one was captured: %q", manyPorts, got)
	}
	if err := r.Watch(manyPorts + 1); err != nil {
		t.Fatal(err)
	}
	if got := told(); got != "request" {
		t.Errorf("with %d ports of another one was captured %q", manyPorts+1, got)
	}
	if err := r.Unwatch(many[0]); err != nil {
		t.Fatal(err)
	}
	if got := told(); got != "request" {
		t.Errorf("with %d ports another one was captured again: %q", manyPorts, got)
	}
}
