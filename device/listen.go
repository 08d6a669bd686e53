package device

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

// door is the listener, which faults may shut and open again.
type door struct {
	addr     string
	reserved io.Closer // the port, while the door may be shut; nil if it never is

	mu       sync.Mutex
	listener *net.TCPListener // nil while shut
}

// listen takes the address and begins to accept, or to refuse.
func (d *Device) listen(addr string) error {
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	l, err := bind(d.ctx, addr)
	if err != nil {
		return err
	}
	d.door.addr = l.Addr().String()
	refusals := d.plan.Refusals()
	if len(refusals) == 0 {
		d.open(l)
		return nil
	}
	if d.door.reserved, err = reserve(l); err != nil {
		return fmt.Errorf("reserve %s: %w", d.door.addr, err)
	}
	d.refuse(refusals)
	return nil
}

// bind listens at addr. The kernel's keep-alive probes stay off: a simulated
// device has no use for them, and each connection would pay four system calls.
func bind(ctx context.Context, addr string) (*net.TCPListener, error) {
	l, err := (&net.ListenConfig{KeepAlive: -1}).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	return l.(*net.TCPListener), nil
}

// open accepts from l until the door is shut.
func (d *Device) open(l *net.TCPListener) {
	d.door.listener = l
	d.tasks.Go(func() { d.accept(l) })
}

// shut closes the listener, if there is one. The kernel resets what waits to
// be accepted.
func (d *Device) shut() {
	d.door.mu.Lock()
	defer d.door.mu.Unlock()
	if d.door.listener == nil {
		return
	}
	d.fail("stop listening", d.door.listener.Close())
	d.door.listener = nil
}

// reopen listens on the same port again, unless the device does or is off.
func (d *Device) reopen() {
	d.door.mu.Lock()
	defer d.door.mu.Unlock()
	if d.door.listener != nil || d.ctx.Err() != nil {
		return
	}
	l, err := bind(d.ctx, d.door.addr)
	if err != nil {
		d.fail("listen after a refusal", err)
		return
	}
	d.open(l)
}

func (d *Device) accept(l *net.TCPListener) {
	for {
		tcp, err := l.AcceptTCP()
		switch {
		case err == nil:
			d.admit(tcp)
		case errors.Is(err, net.ErrClosed):
			return
		default: // out of files or memory, until others give some back
			d.fail("accept", err)
			if d.clock.wait(d.ctx, 5*time.Millisecond) != nil {
				return
			}
		}
	}
}

// admit takes a connection in, or turns it away where a limit says so.
func (d *Device) admit(tcp *net.TCPConn) {
	c, turned := d.roster.enter(d, tcp)
	switch turned {
	case "":
		d.tasks.Go(c.serve)
	case Shutdown:
		c.end(plainly, turned)
	default:
		c.end(abruptly, turned)
	}
}
