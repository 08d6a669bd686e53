package runner

import (
	"slices"

	"rstorm/device"
	"rstorm/faults"
	"rstorm/results"
	"rstorm/scenarios"
)

// brings lists the causes that an effect can bring about, whichever side carries
// it out. Effects that are not listed bring about none.
var brings = map[faults.Effect][]string{
	faults.Reset:       {"reset-before-response", "reset-mid-response", "abort-after-response", "defence-reset", "tls-abort"},
	faults.Close:       {"close-race", "close-collision", "stale-reuse", "idle-timeout-race", "unread-data", "tls-abort"},
	faults.HalfClose:   {"half-close", "close-race", "close-collision", "stale-reuse", "idle-timeout-race"},
	faults.Drain:       {"half-close", "close-race", "stale-reuse", "idle-timeout-race"},
	faults.BlackHole:   {"unacknowledged"},
	faults.Vanish:      {"unknown-connection"},
	faults.DropSYN:     {"connection-limit", "network-outage"},
	faults.Truncate:    {"protocol-error"},
	faults.Status:      {"protocol-error", "idle-timeout-race", "close-race", "close-collision", "stale-reuse", "half-close"},
	faults.Crash:       {"crash-before-response", "crash-mid-response", "crash-while-receiving", "refused"},
	faults.Exit:        {"process-exit", "refused"},
	faults.Garbage:     {"protocol-error"},
	faults.Unsolicited: {"protocol-error"},
	faults.Malform:     {"protocol-error"},
	faults.Alert:       {"tls-abort"},
	faults.GoAway:      {"h2-goaway"},
	faults.RSTStream:   {"h2-rst-stream"},
	faults.Drop:        {"firewall-drop", "unacknowledged"},
	faults.Corrupt:     {"firewall-drop", "unacknowledged"},
	faults.Reject:      {"firewall-reject", "port-reuse"},
	faults.Inject:      {"firewall-reject", "port-reuse"},
}

// possible lists the causes that can come about on a stage of ours by its
// scenario's profile, beside what a client does that gives up. There is nothing
// else between client and device.
func possible(sc *scenarios.Scenario) []string {
	all := []string{"client-abort"}
	for _, f := range slices.Concat(sc.Link, sc.Device.Faults) {
		switch {
		case f.Toxic != nil:
			return results.CauseIDs() // a toxic cuts wherever it happens to
		case f.Effect == faults.Refuse && f.Then == "":
			all = append(all, "refused")
		case f.Effect == faults.Refuse:
			all = append(all, "network-outage")
		default:
			all = append(all, brings[f.Effect]...)
		}
	}
	if sc.Protocol.TLS() {
		all = append(all, "unread-data") // its goodbye, as the device closes
	}
	limits := []struct {
		set    bool
		causes []string
	}{
		{sc.Device.MaxConnections > 0, []string{"connection-limit"}},
		{sc.Device.ConnectionsPerSecond > 0, []string{"defence-reset"}},
		{sc.Device.MaxBody > 0 && sc.Device.TooLarge != device.LargeDrain, []string{"request-too-large", "unread-data"}},
	}
	for _, l := range limits {
		if l.set {
			all = append(all, l.causes...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// barring are the effects by which a link itself keeps clients out.
var barring = []faults.Effect{faults.Refuse, faults.DropSYN, faults.Drop, faults.Corrupt, faults.Reject, faults.Inject}

// bars reports whether a fault of the link may keep clients out. Without one the
// link refuses where the device does.
func bars(link []faults.Fault) bool {
	return slices.ContainsFunc(link, func(f faults.Fault) bool { return f.Toxic != nil || slices.Contains(barring, f.Effect) })
}

// deaths are the causes by which a device's process ends.
var deaths = []string{"crash-before-response", "crash-mid-response", "crash-while-receiving", "process-exit"}

// could lists the causes that can come about on a connection: those of the
// stage, without the death of a process that, by the device's own record, has not
// ended this one, and without a client that aborts where it was itself told of a
// reset. None says that anything can.
func (n *incident) could(q *inquiry) []string {
	if q.possible == nil {
		return nil
	}
	var excluded []string
	switch {
	case n.unaccepted(q): // it may have lain in the queue of a process that died
		excluded = []string{"crash-mid-response", "crash-while-receiving"}
	case !n.died():
		excluded = slices.Clone(deaths)
	}
	if len(n.failed) > 0 && n.failed[0].Outcome == results.Reset || n.row != nil && (n.row.Reset == results.ByDevice || n.row.Reset == results.ByLink) {
		excluded = append(excluded, "client-abort")
	}
	if n.gaveUp() && n.device != nil { // it was asked for the queue before
		excluded = append(excluded, "connection-limit")
	}
	return slices.DeleteFunc(slices.Clone(q.possible), func(id string) bool { return slices.Contains(excluded, id) })
}

// died reports whether the connection ended with the device's process, or may
// have for all that is known.
func (n *incident) died() bool {
	if n.device == nil {
		return n.log == nil || !n.log.Device.IsValid()
	}
	effect, _, _ := parted(string(n.device.Ended))
	return effect == faults.Crash || effect == faults.Exit || n.device.Ended == device.ProcessDied || n.device.Ended == ""
}

// unaccepted reports whether the device's kernel made the connection and the
// device, by its own record, never took it from the queue.
func (n *incident) unaccepted(q *inquiry) bool {
	return q.recorded && n.device == nil && n.log != nil && n.log.Device.IsValid()
}
