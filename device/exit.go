package device

import (
	"os"

	"rstorm/faults"
)

// exit ends the device's process in order, as processes go: nothing is closed
// before, so that the connections are left to the kernel.
func exit(c *connection, s faults.Strike) (over bool) {
	c.device.die(c, s, func() { os.Exit(0) })
	return true
}
