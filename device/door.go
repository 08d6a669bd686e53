package device

import (
	"io"
	"net"
	"sync"
	"time"

	"rstorm/kernel"
)

// A stance is how the door treats who wants to come in. Of two that are wanted
// at once the later in this list is taken.
type stance int

const (
	open        stance = iota
	still              // nobody is accepted: the backlog fills
	jammed             // and is full: SYNs are dropped
	overflowing        // or answered and then reset
	shut               // nothing listens: the kernel refuses
)

// door is the listener, and what becomes of those who come to it. One mutex
// orders what the windows of faults want and what the slots allow.
type door struct {
	addr     string
	reserved io.Closer // the port, while the door may be shut; nil if it never is

	mu       sync.Mutex
	windows  stance                         // what the faults want
	listener *net.TCPListener               // nil while shut
	resting  chan struct{}                  // closed when nobody accepts any more; nil if nobody has
	full     stance                         // how the queue is kept full
	free     func() ([]*net.TCPConn, error) // ends that; nil if it is not
}

// settle turns the door as windows and slots want it now; a device that is off
// leaves it shut.
func (d *Device) settle() {
	d.door.mu.Lock()
	defer d.door.mu.Unlock()
	if d.ctx.Err() != nil {
		return
	}
	want := d.door.windows
	if d.full() {
		want = max(want, d.whenFull())
	}
	d.turn(want)
}

// turn brings the door into a stance. Its caller holds the mutex.
func (d *Device) turn(to stance) {
	if to != d.door.full {
		d.unjam()
	}
	if to == shut {
		d.leave()
		return
	}
	if !d.attend() {
		return
	}
	switch to {
	case open:
		d.open()
	case still:
		d.rest()
	case jammed, overflowing:
		d.rest()
		d.jam(to)
	}
}

// leave closes the listener, if there is one. The kernel resets what waits to
// be accepted.
func (d *Device) leave() {
	if d.door.listener == nil {
		return
	}
	d.fail("stop listening", kernel.Shut(d.door.listener))
	d.door.listener, d.door.resting = nil, nil
}

// attend listens on the device's port, unless it does already.
func (d *Device) attend() (listening bool) {
	if d.door.listener != nil {
		return true
	}
	l, err := d.bind(d.door.addr)
	if err != nil {
		d.fail("listen after a refusal", err)
		return false
	}
	d.door.listener = l
	return true
}

// open accepts, unless somebody does.
func (d *Device) open() {
	if d.door.resting != nil {
		select {
		case <-d.door.resting:
		default:
			return
		}
	}
	l, resting := d.door.listener, make(chan struct{})
	d.fail("accept again", l.SetDeadline(time.Time{}))
	d.door.resting = resting
	d.tasks.Go(func() {
		d.accept(l)
		close(resting)
		d.roster.tell() // behind it: a slot may have been given back meanwhile
	})
}

// rest returns when nobody accepts any more.
func (d *Device) rest() {
	if d.door.resting == nil {
		return
	}
	d.fail("stop accepting", d.door.listener.SetDeadline(time.Unix(1, 0)))
	<-d.door.resting // who accepts never waits for the door
	d.door.resting = nil
}
