package runner

import (
	"fmt"
	"slices"

	"rstorm/results"
	"rstorm/wire"
)

// queued settles an attempt that waited for a device which was full until its
// client gave up: its kernel took the connection, or the call for it, and the
// device did not accept it in most of that time. The RST for the late answer, if
// one comes, is that wait's doing.
func (n *incident) queued(f *results.Finding, q *inquiry) bool {
	if !n.gaveUp() || !q.recorded || n.log == nil || n.log.Called < 0 || !slices.Contains(q.possible, "connection-limit") {
		return false
	}
	tried, accepted := n.failed[0], n.failed[0].Done
	if n.device != nil {
		accepted = min(accepted, n.device.Opened)
	}
	waited, whole := accepted-max(n.log.Called, tried.Sent), tried.Done-tried.Sent
	if 2*waited <= whole {
		return false
	}
	text := fmt.Sprintf("the link's log: it called the device after %s, and the device's kernel answered", brief(n.log.Called))
	switch {
	case n.log.Connected < 0:
		text += " never"
	default:
		text += fmt.Sprintf(" %s later", brief(n.log.Connected-n.log.Called))
	}
	f.Evidence = append(f.Evidence, text)
	if n.device != nil {
		f.Evidence = append(f.Evidence, fmt.Sprintf("the device's record: it took the connection from its queue %s after that call", brief(n.device.Opened-n.log.Called)))
	}
	f.Evidence = append(f.Evidence, fmt.Sprintf("of the %s that the client waited, %s passed before the device had the connection", brief(whole), brief(waited)))
	f.Packets = merged(f.Packets, n.made())
	settle(f, []string{"connection-limit"})
	return true
}

// gaveUp reports whether a client waited for as long as it would.
func (n *incident) gaveUp() bool { return len(n.failed) > 0 && n.failed[0].Outcome == results.TimedOut }

// made are the packets by which the device's kernel made the connection, as far
// as they were kept.
func (n *incident) made() (packets []int) {
	if c := n.legs[farLeg]; c != nil {
		for _, e := range c.Events {
			if e.Way == wire.Down && e.Flags.Has(wire.SYN|wire.ACK) {
				packets = append(packets, e.Packet)
			}
		}
	}
	return packets
}
