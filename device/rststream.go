package device

import (
	"golang.org/x/net/http2"

	"rstorm/faults"
)

// rstStream resets the request's stream, which ends the exchange; the
// connection stays.
func rstStream(c *connection, s faults.Strike) (over bool) {
	c.refuse(c.last.Command)
	c.on.h.refuse(c.on.id, http2.ErrCode(faults.Codes[s.Error]))
	return true
}
