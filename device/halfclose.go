package device

import "rstorm/faults"

// halfClose sends a FIN and reads nothing more. With then, the connection ends
// right behind the FIN: that shows on loopback what a round trip makes of a
// plain close. Without, it stays until the client has gone; elsewhere than on
// Linux the device can't see that and keeps it until it is switched off.
func halfClose(c *connection, s faults.Strike) (over bool) {
	defer c.hush()()
	_ = c.tcp.CloseWrite() // fails only if the client has reset; the ending is recorded all the same
	how := plainly
	switch s.Then {
	case "":
		_, _ = untilGone(c.device.ctx, c.tcp, 0)
	case faults.ThenReset:
		how = abruptly
	}
	c.end(how, byFault(s.Fault))
	return true
}
