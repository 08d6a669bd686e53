package device

import "rstorm/faults"

// status makes the request end with s.Code, unexecuted. At idle, with no
// request, it is sent unasked and the connection closed (RFC 9110 section
// 15.5.9).
func status(c *connection, s faults.Strike) (over bool) {
	if s.Point != faults.Idle {
		c.instead = s.Fault
		return false
	}
	if c.say(answer{status: s.Code, body: problem(s.Code), retryAfter: s.RetryAfter, closes: true}) {
		return true
	}
	c.end(inOrder, byFault(s.Fault))
	return true
}
