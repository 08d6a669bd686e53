package packet

import (
	"context"
	"errors"
	"net"
	"sync"
	"syscall"
	"testing"
	"time"

	"rstorm/faults"
)

func TestMiddleboxesDoNotMeet(t *testing.T) {
	const n = 8
	boxes := make([]*Middlebox, n)
	for i := range boxes {
		if i%2 == 0 {
			boxes[i] = open(t, faults.Fault{Effect: faults.Reject, Segments: []faults.Segment{faults.SYN}})
		} else {
			boxes[i] = open(t)
		}
	}
	var dials sync.WaitGroup
	for i, m := range boxes {
		ln := listen(t, m)
		dials.Go(func() {
			c, err := net.DialTCP("tcp4", nil, far(m, ln))
			if err == nil {
				c.Close()
			}
			if refused := errors.Is(err, syscall.ECONNREFUSED); refused != (i%2 == 0) {
				t.Errorf("dialling through middlebox %d: %v", i, err)
			}
		})
	}
	dials.Wait()
	for i, m := range boxes {
		if c := m.Counts(); c.Connections != 1 || c.Struck[faults.Reject] != (i+1)%2 {
			t.Errorf("middlebox %d: %+v", i, c)
		}
	}
}

func TestConnectionsAreSelectedByTheOrderOfTheirSYNs(t *testing.T) {
	m := open(t, faults.Fault{Effect: faults.Reject, Segments: []faults.Segment{faults.SYN}, Selector: faults.Selector{Connections: []int{2}}})
	ln := listen(t, m)
	for i := range 3 {
		c, err := net.DialTCP("tcp4", nil, far(m, ln))
		if refused := errors.Is(err, syscall.ECONNREFUSED); refused != (i == 1) {
			t.Errorf("dial %d: %v", i+1, err)
		}
		if err == nil {
			c.Close()
		}
	}
}

func TestAFaultThatIsNotOnYetStrikesNothing(t *testing.T) {
	fs := completed(t, faults.Fault{Effect: faults.Reject, Selector: faults.Selector{Window: faults.Window{From: time.Minute}}})
	if open(t); t.Skipped() {
		return
	}
	m := opened(t, Config{Faults: fs})
	connect(t, m)
	m = opened(t, Config{Faults: fs, Epoch: time.Now().Add(-time.Hour)})
	if c, err := net.DialTCP("tcp4", nil, far(m, listen(t, m))); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("an hour later: %v, %v", c, err)
	}
}

func TestWhatIsOnItsWayIsLostWhenTheMiddleboxCloses(t *testing.T) {
	m := open(t, faults.Fault{Effect: faults.Hold, Delay: faults.After(time.Hour)})
	ctx, cancel := context.WithCancel(t.Context())
	dialed := make(chan error)
	go func() {
		var d net.Dialer
		c, err := d.DialContext(ctx, "tcp4", net.JoinHostPort(m.Far().String(), "9"))
		if err == nil {
			c.Close()
		}
		dialed <- err
	}()
	eventually(t, "the SYN", func() bool { return m.Counts().Packets > 0 })
	for range 2 { // once is enough, twice does no harm
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	}
	cancel()
	if err := <-dialed; !errors.Is(err, context.Canceled) {
		t.Errorf("dialling ended with %v", err)
	}
}

func TestThereIsAnEndToWhatIsHeld(t *testing.T) {
	m := open(t)
	m.mu.Lock()
	for i := range capacity + 3 {
		p := m.fresh()
		p.due = time.Hour + time.Duration(i)
		m.enqueue(p)
	}
	held, lost := len(m.queue), m.log.counts.Overflowed
	m.log.counts.Overflowed = 0 // it was asked for
	m.mu.Unlock()
	if held != capacity || lost != 3 {
		t.Errorf("%d are held, %d lost", held, lost)
	}
}

func TestNumbersAreBounded(t *testing.T) {
	for _, n := range []int{-1, MaxNumber + 1} {
		if m, err := Open(Config{Number: n}); err == nil {
			m.Close()
			t.Errorf("middlebox %d was opened", n)
		}
	}
}
