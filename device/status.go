package device

import "rstorm/faults"

// status makes the request end with s.Code, unexecuted.
func status(c *connection, s faults.Strike) (over bool) {
	c.status = s.Code
	return false
}
