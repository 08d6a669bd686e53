package device

import (
	"errors"
	"net"
	"os"

	"rstorm/faults"
	"rstorm/kernel"
)

// blackHole lets nothing that arrives be acknowledged, for its delay; then
// what the client has sent again arrives. Without a delay, and at idle, where
// the delay has passed, it is for ever: until the device is switched off or its
// own kernel gives up what it had sent. The device can't see the client go: its
// FIN and its RST fall into the hole too. What arrived before the fault struck
// has been acknowledged, and an answer is not called back.
func blackHole(c *connection, s faults.Strike) (over bool) {
	limit := s.Wait
	switch {
	case s.Point == faults.Idle:
		limit = 0
	case limit == 0 && !s.Delay.IsZero():
		return false // a distribution may draw nothing; that is not for ever
	}
	defer c.hush()()
	heal, err := kernel.BlackHole(c.tcp)
	if err != nil {
		return c.unable(s, err)
	}
	c.dark.Store(true)
	switch why, err := untilGone(c.device.ctx, c.tcp, limit); {
	case errors.Is(err, os.ErrDeadlineExceeded):
	case err != nil:
		return c.lost(err)
	default:
		c.end(plainly, why)
		return true
	}
	if err := heal(); err != nil {
		return c.unable(s, err)
	}
	c.dark.Store(false)
	return false
}

// unable ends a connection to which the machine did not allow s, unless it has
// ended meanwhile: by another stream, or because the device was switched off.
func (c *connection) unable(s faults.Strike, err error) (over bool) {
	if !errors.Is(err, net.ErrClosed) {
		c.device.fail("effect "+string(s.Effect), err)
	}
	c.end(plainly, Unexplained)
	return true
}
