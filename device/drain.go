package device

import (
	"time"

	"rstorm/faults"
)

// drain is the lingering close: what the client still sends vanishes without
// a RST, for as long as [connection.linger] lasts.
func drain(c *connection, s faults.Strike) (over bool) {
	defer c.hush()()
	c.linger()
	c.end(plainly, byFault(s.Fault))
	return true
}

// linger sends a FIN and discards what arrives until the client closes, has
// been silent for long, or has had its time: what arrives later meets a RST.
func (c *connection) linger() {
	if c.tcp.CloseWrite() != nil {
		return
	}
	c.discarded.Add(int64(c.in.Buffered()))
	var b [4 << 10]byte
	limits := c.device.bounds
	for end := time.Now().Add(limits.linger); ; {
		wait := min(limits.silence, time.Until(end))
		_ = c.tcp.SetReadDeadline(time.Now().Add(wait)) // fails on a closed connection only, as Read then does
		n, err := c.stream.Read(b[:])
		c.discarded.Add(int64(n))
		if err != nil {
			return
		}
	}
}
