package device

import (
	"net/http"

	"rstorm/faults"
)

// unsolicited sends a whole answer that nobody asked for. It is what a request
// without an id would get, but that nothing is executed.
func unsolicited(c *connection, _ faults.Strike) (over bool) {
	return c.say(answer{status: http.StatusOK, body: c.device.ledger.look(), promise: c.device.promise})
}
