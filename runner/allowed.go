package runner

import (
	"slices"
	"strings"

	"rstorm/device"
	"rstorm/faults"
	"rstorm/link"
	"rstorm/results"
)

// Causes that differ in what the two ends knew of each other, which only the
// wire tells.
var closings = []string{"close-race", "close-collision", "stale-reuse"}

// leaves lists the causes that an effect which ended a connection leaves.
var leaves = map[faults.Effect][]string{
	faults.Close:     closings,
	faults.HalfClose: append([]string{"half-close"}, closings...),
	faults.Drain:     append([]string{"half-close"}, closings...),
	faults.Alert:     {"tls-abort"},
	faults.GoAway:    {"h2-goaway"},
	faults.RSTStream: {"h2-rst-stream"},
	faults.BlackHole: {"unacknowledged"},
	faults.Vanish:    {"unknown-connection"},
	faults.Garbage:   {"protocol-error"},
	faults.Malform:   {"protocol-error"},
	faults.Truncate:  {"protocol-error"}, // nothing died: the answer is not as long as it says, or lacks TLS's goodbye
}

// deviceAllows lists the causes that the device's own record of a connection
// leaves; none if it leaves all.
func (n *incident) deviceAllows(q *inquiry) []string {
	d := n.device
	if d == nil {
		return nil
	}
	effect, point, struck := parted(string(d.Ended))
	switch {
	case d.Ended == device.CloseHonoured && n.row.Reset == "":
		return nil
	case d.Ended == device.CloseHonoured && len(n.failed) > 0: // what comes later is answered with a RST
		return append([]string{"unread-data"}, closings...)
	case struck && effect == faults.Close && point != faults.Handshake && q.tls && n.goodbye():
		return []string{"unread-data"}
	case d.Ended == device.RequestRejected:
		return []string{"request-too-large", "protocol-error"}
	case struck && effect == faults.Close && point == faults.Handshake:
		return []string{"tls-abort"}
	case struck && point == faults.Idle && slices.Contains([]faults.Effect{faults.Close, faults.HalfClose, faults.Drain}, effect):
		return []string{"idle-timeout-race", "half-close"}
	case struck && effect == faults.Status && point == faults.Idle: // it says 408 as its timeout fires
		return []string{"idle-timeout-race"}
	case struck && effect == faults.Close && deviceCause(d, q.tls) == "unread-data":
		return []string{"unread-data"}
	case struck && point != faults.AfterResponse && effect == faults.Close:
		return nil // in place of an answer: the catalogue has no row for that
	}
	if all := leaves[effect]; struck && all != nil {
		return all
	}
	if cause := deviceCause(d, q.tls); cause != "" {
		return []string{cause}
	}
	return nil
}

// linkAllows lists the causes that the link's log leaves of what the link
// itself, or the client, brought about; none if it leaves all.
func linkAllows(l *link.Connection) []string {
	if l == nil {
		return nil
	}
	effect, _, _ := parted(l.Injected)
	switch {
	case l.Reset == results.ByClient:
		return []string{"client-abort", "port-reuse"}
	case l.Reset == results.ByLink && l.Cause != results.CauseUnknown:
		return []string{l.Cause}
	case leaves[effect] != nil:
		return leaves[effect]
	}
	for _, s := range slices.Backward(l.Strikes) {
		if effect, _, _ := parted(s.Fault); effect == faults.BlackHole || effect == faults.Garbage {
			return leaves[effect]
		}
	}
	return nil
}

// parted reads "effect at point".
func parted(fault string) (faults.Effect, faults.Point, bool) {
	effect, point, ok := strings.Cut(fault, " at ")
	return faults.Effect(effect), faults.Point(point), ok
}

// finer lists what a record may make of what the wire shows: the wire tells how
// a connection ended, and not always by whose will. What is not listed
// contradicts the wire.
var finer = map[string][]string{
	"close-race":            {"idle-timeout-race", "process-exit", "crash-before-response", "connection-limit", "defence-reset", "h2-goaway"},
	"stale-reuse":           {"idle-timeout-race", "process-exit", "crash-before-response", "connection-limit", "defence-reset", "h2-goaway"},
	"close-collision":       {"idle-timeout-race", "unread-data", "process-exit", "crash-before-response", "crash-while-receiving", "request-too-large", "unknown-connection", "network-outage", "firewall-reject", "reset-before-response", "abort-after-response", "h2-goaway"},
	"reset-before-response": {"unread-data", "crash-before-response", "crash-while-receiving", "process-exit", "unknown-connection", "request-too-large", "protocol-error", "defence-reset", "connection-limit", "tls-abort", "network-outage", "close-collision", "idle-timeout-race", "abort-after-response", "h2-goaway"},
	"reset-mid-response":    {"crash-mid-response", "crash-while-receiving", "process-exit", "unread-data", "request-too-large", "network-outage", "protocol-error"},
	"abort-after-response":  {"unread-data", "request-too-large", "process-exit", "network-outage", "crash-before-response", "close-collision", "idle-timeout-race", "connection-limit", "defence-reset", "h2-goaway", "protocol-error"},
	"unread-data":           {"request-too-large", "protocol-error", "crash-while-receiving", "crash-before-response", "process-exit", "close-collision", "network-outage", "reset-before-response", "defence-reset", "connection-limit", "tls-abort", "h2-goaway"},
	"crash-before-response": {"process-exit", "half-close", "close-race", "stale-reuse", "idle-timeout-race", "crash-while-receiving", "connection-limit", "defence-reset", "h2-goaway"},
	"crash-while-receiving": {"process-exit", "request-too-large", "unread-data", "protocol-error"},
	"crash-mid-response":    {"process-exit", "protocol-error"},
	"half-close":            {"close-race", "stale-reuse", "idle-timeout-race"},
	"defence-reset":         {"connection-limit", "reset-before-response", "tls-abort", "process-exit", "network-outage", "refused"},
	"connection-limit":      {"defence-reset", "refused", "process-exit", "network-outage"},
	"unknown-connection":    {"process-exit", "crash-before-response", "close-collision", "stale-reuse", "idle-timeout-race", "network-outage", "connection-limit", "defence-reset"},
	"refused":               {"network-outage", "connection-limit"},
	"tls-abort":             {"process-exit", "defence-reset", "connection-limit", "crash-before-response"},
	"client-abort":          {"protocol-error", "unknown-connection"},
	"protocol-error":        {"client-abort", "idle-timeout-race"},
	"request-too-large":     {"unread-data", "protocol-error"},
	"unacknowledged":        {"network-outage", "firewall-drop", "unknown-connection"},
	"firewall-drop":         {"network-outage", "connection-limit"},
}

// resolve decides by a record which of the causes that the wire leaves it was.
// It reports false if the record contradicts the wire.
func resolve(f *results.Finding, allowed []string) (agrees bool) {
	if len(allowed) == 0 {
		return true
	}
	left := slices.DeleteFunc(candidates(f), func(id string) bool { return !slices.Contains(allowed, id) })
	if len(left) == 0 && (f.Cause == "" || f.Cause == results.CauseUnknown) {
		left = slices.Clone(allowed)
	}
	if len(left) == 0 {
		left = slices.DeleteFunc(slices.Clone(allowed), func(id string) bool {
			return !slices.ContainsFunc(candidates(f), func(seen string) bool { return slices.Contains(finer[seen], id) })
		})
	}
	if len(left) == 0 {
		return false
	}
	settle(f, left)
	return true
}

// narrow leaves only what is among these, if anything is.
func narrow(f *results.Finding, to []string) {
	left := slices.DeleteFunc(candidates(f), func(id string) bool { return !slices.Contains(to, id) })
	if len(left) > 0 {
		settle(f, left)
	}
}

// candidates are all causes that f leaves.
func candidates(f *results.Finding) []string {
	if len(f.Candidates) > 0 {
		return slices.Clone(f.Candidates)
	}
	if f.Cause == "" {
		return nil
	}
	return []string{f.Cause}
}

// settle makes these the causes that f leaves.
func settle(f *results.Finding, left []string) {
	f.Cause, f.Candidates = left[0], nil
	if len(left) > 1 {
		f.Candidates = slices.Clone(left)
	}
}
