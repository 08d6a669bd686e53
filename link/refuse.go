package link

import (
	"slices"
	"time"

	"rstorm/faults"
)

// refusals are the faults that strike before a connection is made. They work
// on the gate and not on a connection: they are played by the clock.
type refusals []faults.Fault

// windows are those of rs.
func (rs refusals) windows() (ws windows) {
	for _, f := range rs {
		ws = append(ws, f.Window)
	}
	return ws
}

// apply sets the gate's bars as rs demand at t.
func (rs refusals) apply(g *gate, t time.Duration) {
	active := func(is func(faults.Fault) bool) bool {
		return slices.ContainsFunc(rs, func(f faults.Fault) bool { return f.Active(t) && is(f) })
	}
	g.set(refusing, active(func(f faults.Fault) bool { return f.Effect == faults.Refuse }))
	g.set(aborting, active(func(f faults.Fault) bool { return f.Effect == faults.DropSYN && f.Then == faults.ThenReset }))
	g.set(jammed, active(func(f faults.Fault) bool { return f.Effect == faults.DropSYN }))
}

// playRefusals opens, shuts and jams the gate as the windows of rs come and go
// after t, and ends open connections when a window opens whose fault says so.
func (l *Link) playRefusals(rs refusals, t time.Duration) {
	for ws := rs.windows(); ; {
		edge, ok := ws.next(t)
		if !ok || faults.Wait(l.listening, edge-l.since()) != nil {
			return
		}
		rs.apply(l.gate, edge)
		for _, f := range rs {
			if f.Effect == faults.Refuse && f.Active(edge) && !f.Active(t) {
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
