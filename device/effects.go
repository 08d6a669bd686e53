package device

import "rstorm/faults"

// effects says how the device carries each effect out once its delay has
// passed; what it means is written in [faults.Effects]. Refuse and drop-syn
// are missing: they strike the door and no connection.
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
	faults.Crash:       crash,
	faults.Exit:        exit,
	faults.Alert:       alert,
	faults.GoAway:      goAway,
	faults.RSTStream:   rstStream,
	faults.Garbage:     garbage,
	faults.Unsolicited: unsolicited,
	faults.Malform:     malform,
	faults.Dribble:     dribble,
	faults.BlackHole:   blackHole,
	faults.Vanish:      vanish,
}

// suffer carries out strikes, one after the other.
func (c *connection) suffer(strikes []faults.Strike) (over bool) {
	for _, s := range strikes {
		if s.Wait > 0 && !keepsTime(s) {
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

// keepsTime reports whether the delay of s is not a wait before it: a stall is
// its delay, and at idle the delay has passed already.
func keepsTime(s faults.Strike) bool {
	switch s.Effect {
	case faults.Stall, faults.BlackHole, faults.Dribble:
		return true
	}
	return s.Point == faults.Idle
}
