package device

import (
	"time"

	"rstorm/faults"
)

// silence ends a lingering close whose client neither sends nor closes.
const silence = 2 * time.Second

// drain is the lingering close: what the client still sends vanishes without
// a RST.
func drain(c *connection, s faults.Strike) (over bool) {
	defer c.hush()()
	c.linger()
	c.end(plainly, byFault(s.Fault))
	return true
}

// linger sends a FIN and discards what arrives until the client closes or has
// been silent for long.
func (c *connection) linger() {
	if c.tcp.CloseWrite() != nil {
		return
	}
	c.discarded.Add(int64(c.in.Buffered()))
	var b [4 << 10]byte
	for {
		_ = c.tcp.SetReadDeadline(time.Now().Add(silence)) // fails on a closed connection only, as Read then does
		n, err := c.stream.Read(b[:])
		c.discarded.Add(int64(n))
		if err != nil {
			return
		}
	}
}
