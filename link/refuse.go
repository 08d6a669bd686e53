package link

import (
	"slices"
	"time"

	"rstorm/faults"
)

// refusals are the faults with effect refuse. They work on the gate and not on
// a connection: they are played by the clock.
type refusals []faults.Fault

// active reports whether any of them refuses connections at t.
func (rs refusals) active(t time.Duration) bool {
	return slices.ContainsFunc(rs, func(f faults.Fault) bool { return f.Active(t) })
}

// next returns when after t the first window opens or closes; false if none
// ever does again.
func (rs refusals) next(t time.Duration) (edge time.Duration, ok bool) {
	for _, f := range rs {
		at, more := f.NextChange(t)
		if more && (!ok || at < edge) {
			edge, ok = at, true
		}
	}
	return edge, ok
}

// playRefusals opens and shuts the gate as the windows of rs come and go after
// t, and ends open connections when a window opens whose fault says so.
func (l *Link) playRefusals(rs refusals, t time.Duration) {
	for {
		edge, ok := rs.next(t)
		if !ok || faults.Wait(l.listening, edge-l.since()) != nil {
			return
		}
		l.gate.set(refusing, rs.active(edge))
		for _, f := range rs {
			if f.Active(edge) && !f.Active(t) {
				l.outage(f.Then)
			}
		}
		t = edge
	}
}

// outage ends every open connection as then says.
func (l *Link) outage(then faults.Then) {
	for _, r := range l.relays() {
		switch then {
		case faults.ThenReset:
			r.endByReset(cut{fault: "refuse at connect", cause: "network-outage"})
		case faults.ThenClose:
			r.endByClose(cut{fault: "refuse at connect", cause: "network-outage"})
		}
	}
}
