package device

import "rstorm/faults"

// reset ends the connection with a RST, wherever it stands.
func reset(c *connection, s faults.Strike) (over bool) {
	c.end(abruptly, byFault(s.Fault))
	return true
}

// closeSocket closes without a look at what lies unread: then the kernel sends
// a RST and no FIN.
func closeSocket(c *connection, s faults.Strike) (over bool) {
	c.end(plainly, byFault(s.Fault))
	return true
}

// truncate sends a FIN although the answer was not whole.
func truncate(c *connection, s faults.Strike) (over bool) {
	c.end(cutOff, byFault(s.Fault))
	return true
}
