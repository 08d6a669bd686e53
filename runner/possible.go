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
	faults.Truncate:    {"crash-mid-response"},
	faults.Status:      {"protocol-error", "close-race", "close-collision", "stale-reuse", "half-close"},
	faults.Crash:       {"crash-before-response", "crash-mid-response", "crash-while-receiving", "refused"},
	faults.Exit:        {"process-exit", "refused"},
	faults.Garbage:     {"protocol-error"},
	faults.Unsolicited: {"protocol-error"},
	faults.Malform:     {"protocol-error", "crash-mid-response"},
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
	return all
}
