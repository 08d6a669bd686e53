package device

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"rstorm/faults"
	"rstorm/kernel"
)

// listen takes the address and begins to accept, or whatever else the faults
// at the door want.
func (d *Device) listen(addr string) error {
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	if d.mayShut() {
		var err error
		if d.door.reserved, d.door.addr, err = takePort(d.ctx, addr); err != nil {
			return fmt.Errorf("reserve %s: %w", addr, err)
		}
	} else {
		l, err := d.bind(addr)
		if err != nil {
			return err
		}
		d.door.listener, d.door.addr = l, l.Addr().String()
	}
	d.watchSlots()
	d.watchWindows(d.plan.Refusals())
	return nil
}

// mayShut reports whether the device will ever not listen.
func (d *Device) mayShut() bool {
	for _, f := range d.plan.Refusals() {
		if f.Effect == faults.Refuse {
			return true
		}
	}
	return d.profile.OverLimit == OverRefuse
}

// bind listens at addr with the profile's backlog.
func (d *Device) bind(addr string) (*net.TCPListener, error) {
	l, err := bind(d.ctx, addr)
	if err != nil || d.profile.Backlog == 0 {
		return l, err
	}
	if err := kernel.Backlog(l, d.profile.Backlog-1); err != nil { // Linux lets one more wait
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// bind listens at addr. The kernel's keep-alive probes stay off: a simulated
// device has no use for them, and each connection would pay four system calls.
func bind(ctx context.Context, addr string) (*net.TCPListener, error) {
	plain := net.ListenConfig{KeepAlive: -1}
	plain.SetMultipathTCP(false) // its sockets take no filters
	l, err := plain.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	return l.(*net.TCPListener), nil
}

// accept lets clients in until l is closed or its deadline has passed, or
// until no slot is free and the door is to be turned for that.
func (d *Device) accept(l *net.TCPListener) {
	for !d.full() {
		tcp, err := l.AcceptTCP()
		switch {
		case err == nil:
			d.admit(tcp)
		case errors.Is(err, net.ErrClosed), errors.Is(err, os.ErrDeadlineExceeded):
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
	switch {
	case turned == "":
		d.tasks.Go(c.serve)
	case turned == Shutdown:
		c.end(plainly, turned)
	case d.profile.OverLimit == OverAnswer:
		d.tasks.Go(c.explain)
	default:
		c.end(abruptly, turned)
	}
}
