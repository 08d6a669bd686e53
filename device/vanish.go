package device

import (
	"rstorm/faults"
	"rstorm/kernel"
)

// vanish forgets the connection without a segment, as a device does that loses
// its power. What the device has sent must have been acknowledged before: by
// then a real one would not be up again, and here the acknowledgement itself
// would be answered with a RST.
func vanish(c *connection, s faults.Strike) (over bool) {
	defer c.hush()()
	switch err := kernel.Acknowledged(c.device.ctx, c.tcp); {
	case c.device.ctx.Err() != nil:
		return true // Close ends it
	case err != nil:
		return c.lost(err)
	}
	if err := kernel.Forget(c.tcp); err != nil {
		return c.unable(s, err)
	}
	c.end(plainly, byFault(s.Fault))
	return true
}
