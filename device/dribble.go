package device

import "rstorm/faults"

// dribble sends the answer's head byte by byte, its delay between two of them.
func dribble(c *connection, s faults.Strike) (over bool) {
	for c.out.sent < c.out.head {
		if c.out.sent > 0 && s.Wait > 0 && c.device.clock.wait(c.device.ctx, s.Wait) != nil {
			return true
		}
		if c.pass(c.out.sent + 1) {
			return true
		}
	}
	return false
}
