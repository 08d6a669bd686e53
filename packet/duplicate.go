package packet

import "rstorm/faults"

// duplicate lets a copy of the packet follow it: at once, or after s's delay.
func duplicate(m *Middlebox, on *passage, s faults.Strike) {
	twin := m.fresh()
	twin.length = copy(twin.buffer[:], on.bytes())
	twin.way, twin.spoilt, twin.delay = on.own, on.spoilt, s.Wait
	on.behind = append(on.behind, twin)
}
