package device

import (
	"errors"
	"os"

	"rstorm/faults"
)

// stall moves no byte in either direction: for its delay, or until the client
// has gone if it has none.
func stall(c *connection, s faults.Strike) (over bool) {
	if s.Wait == 0 && !s.Delay.IsZero() {
		return false // a distribution may draw nothing; that is not for ever
	}
	defer c.hush()()
	why, err := untilGone(c.device.ctx, c.tcp, s.Wait)
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return false
	case err != nil:
		return c.lost(err)
	}
	c.end(plainly, why)
	return true
}
