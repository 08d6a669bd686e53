package live

import (
	"fmt"
	"net"
	"slices"
)

// Watch captures the segments from and to these ports too, as the mode says.
// When it returns none that is sent later is missed, and none of the ports
// watched before was missed meanwhile. A port may be watched several times. All
// ports are captured while more than 128 different ones are watched.
func (c *Capture) Watch(ports ...uint16) error {
	c.watching.Lock()
	defer c.watching.Unlock()
	for _, port := range ports {
		c.watched[port]++
	}
	if err := c.refilter(); err != nil {
		c.forget(ports)
		return fmt.Errorf("watching ports %v: %w", ports, err)
	}
	return nil
}

// Unwatch takes back as many calls of [Capture.Watch]. What was not watched
// stays so.
func (c *Capture) Unwatch(ports ...uint16) error {
	c.watching.Lock()
	defer c.watching.Unlock()
	c.forget(ports)
	if err := c.refilter(); err != nil {
		return fmt.Errorf("watching ports %v no longer: %w", ports, err)
	}
	return nil
}

// forget counts ports down.
func (c *Capture) forget(ports []uint16) {
	for _, port := range ports {
		if c.watched[port]--; c.watched[port] <= 0 {
			delete(c.watched, port)
		}
	}
}

// refilter lets the kernel know what is watched.
func (c *Capture) refilter() error {
	program, err := c.filter()
	if err != nil {
		return err
	}
	if err := c.packets.Outgoing(others()); err != nil {
		return err
	}
	return c.packets.Filter(program)
}

// others reports whether packets may go out on another interface than
// loopback.
func others() bool {
	all, err := net.Interfaces()
	return err != nil || slices.ContainsFunc(all, func(i net.Interface) bool {
		return i.Flags&net.FlagUp != 0 && i.Flags&net.FlagLoopback == 0
	})
}
