package device

import "rstorm/faults"

// effects says how the device carries each effect out once its delay has
// passed; what it means is written in [faults.Effects]. Refuse is missing: it
// strikes the door and no connection.
var effects = map[faults.Effect]func(*connection, faults.Strike) (over bool){
	faults.Reset:       reset,
	faults.Close:       closeSocket,
	faults.HalfClose:   halfClose,
	faults.Drain:       drain,
	faults.Stall:       stall,
	faults.Hold:        hold,
	faults.Truncate:    truncate,
	faults.Status:      status,
	faults.IgnoreClose: ignoreClose,
}

// suffer carries out strikes, one after the other.
func (c *connection) suffer(strikes []faults.Strike) (over bool) {
	for _, s := range strikes {
		// A stall is its delay, and at idle the delay has passed already.
		if s.Effect != faults.Stall && s.Point != faults.Idle && s.Wait > 0 {
			if c.device.clock.wait(c.device.ctx, s.Wait) != nil {
				return true
			}
		}
		if effects[s.Effect](c, s) {
			return true
		}
	}
	return false
}
