package device

import (
	"net/http"

	"golang.org/x/net/http2"
)

// full reports whether the door is to be turned because every slot is taken.
func (d *Device) full() bool { return d.whenFull() != open && d.roster.full() }

// whenFull is the door's stance when every slot is taken. A rate has no such
// moment: who is over it is reset under queue and refuse too.
func (d *Device) whenFull() stance {
	switch d.profile.OverLimit {
	case OverQueue:
		return still
	case OverRefuse:
		return shut
	}
	return open // who comes is turned away one by one
}

// watchSlots turns the door whenever the last slot is taken or the first one
// given back.
func (d *Device) watchSlots() {
	if d.whenFull() == open {
		return
	}
	d.roster.changed = make(chan struct{}, 1)
	d.tasks.Go(func() {
		for {
			select {
			case <-d.roster.changed:
				d.settle()
			case <-d.ctx.Done():
				return
			}
		}
	})
}

// explain answers the first request of a connection over a limit, unexecuted,
// and closes.
func (c *connection) explain() {
	switch {
	case c.secure():
	case c.device.speaks.HTTP2():
		c.serveHTTP2()
	default:
		c.turnDown(c.excuse(), c.device.profile.RetryAfter, c.turned)
	}
}

// excuse is the status that goes with the limit: too many requests, or no room
// (RFC 6585 section 4, RFC 9110 section 15.6.4).
func (c *connection) excuse() int {
	if c.turned == RateLimit {
		return http.StatusTooManyRequests
	}
	return http.StatusServiceUnavailable
}

// explainStream does what explain does over HTTP/2: a GOAWAY as the announcement
// of the close, and the answer, behind which the connection ends.
func (c *connection) explainStream() {
	if c.h2.goAway(c.turned, c.on.id, http2.ErrCodeNo) {
		return
	}
	status := c.excuse()
	c.deliver(answer{status: status, body: problem(status), command: c.last.Command,
		head: c.last.Method == http.MethodHead, retryAfter: c.device.profile.RetryAfter}, nil)
}
