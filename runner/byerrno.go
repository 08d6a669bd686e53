package runner

import (
	"slices"

	"rstorm/results"
)

// certainties are errors by which the other end itself has said what it did: the
// client has read it, whatever a capture can read.
var certainties = map[string]string{"GOAWAY": "h2-goaway", "RST_STREAM": "h2-rst-stream", "alert": "tls-abort"}

// renewed is what a client says that gave up its own connection, whatever it was
// used for.
const renewed = "renewed"

// byClient settles what the client has been told in so many words.
func (n *incident) byClient(f *results.Finding) bool {
	if len(n.failed) == 0 {
		return false
	}
	cause := certainties[n.failed[0].Errno]
	switch {
	case n.failed[0].Errno == renewed:
		cause, f.Origin = "client-abort", results.ByClient
	case cause == "":
		return false
	case f.Cause != cause:
		f.Origin = results.ByDevice
	}
	settle(f, []string{cause})
	return true
}

// dismissed settles an attempt that failed on a connection that the device, by
// its own record, had ended with a GOAWAY: whatever came behind that, came of it.
func (n *incident) dismissed(f *results.Finding) bool {
	if len(n.failed) == 0 || n.gaveUp() || !n.leaving() {
		return false
	}
	f.Origin = results.ByDevice
	settle(f, []string{"h2-goaway"})
	return true
}

// refused settles an attempt whose stream the device, by its own record, has
// reset. A client that sends again unasked is told so and does not say it.
func (n *incident) refused(f *results.Finding) bool {
	if len(n.failed) == 0 || n.failed[0].Outcome != results.Failed || n.device == nil {
		return false
	}
	id := n.failed[0].record.ID.String()
	if !slices.Contains(n.device.Refused, id) {
		return false
	}
	f.Origin = results.ByDevice
	f.Evidence = append(f.Evidence, "the device's record: it reset the stream of command "+id)
	settle(f, []string{"h2-rst-stream"})
	return true
}

// mostPackets is how many packets of an attempt are named where it can't be seen
// which of them matter.
const mostPackets = 16

// during are the packets of the client's leg from the time of an attempt, as far
// as they were kept.
func (n *incident) during(q *inquiry, f failure) []int {
	var packets []int
	if c := n.legs[nearLeg]; c != nil {
		for i := range c.Events {
			if at := c.Events[i].At; at >= q.at(f.Sent) && at <= q.at(f.Done) && len(packets) < mostPackets {
				packets = append(packets, c.Events[i].Packet)
			}
		}
	}
	return packets
}

// A told is what a client was told of a failed attempt, and which causes that
// leaves, the likeliest first. Empty fields are any.
type told struct {
	outcome results.Outcome
	phase   results.Phase
	errno   string
	causes  []string
}

// tolds is how an attempt is explained where nothing but the client's own error
// tells. The first line that fits counts.
var tolds = []told{
	{results.Failed, results.PhaseHandshake, "", []string{"tls-abort"}},
	{results.Reset, results.PhaseHandshake, "", []string{"tls-abort"}},
	{results.Closed, results.PhaseHandshake, "", []string{"tls-abort"}},
	{results.Failed, "", "EHOSTUNREACH", []string{"network-outage"}},
	{results.Refused, "", "", []string{"refused", "firewall-reject", "connection-limit", "network-outage"}},
	{results.TimedOut, results.PhaseConnect, "", []string{"firewall-drop", "connection-limit", "network-outage"}},
	{results.TimedOut, "", "ETIMEDOUT", []string{"unacknowledged", "network-outage", "firewall-drop"}},
	{results.TimedOut, "", "", []string{"client-abort", "unacknowledged", "connection-limit", "firewall-drop", "network-outage"}},
	{results.Failed, results.PhaseHead, "", []string{"protocol-error"}},
	{results.Failed, results.PhaseBody, "", []string{"protocol-error"}},
	{results.Truncated, "", "", []string{"crash-mid-response", "process-exit", "protocol-error"}},
	{results.Closed, "", "", []string{"close-race", "stale-reuse", "half-close", "crash-before-response", "process-exit", "idle-timeout-race"}},
}

// byErrno lists the causes that a client's own error leaves; none if it leaves
// all.
func byErrno(f *results.Failure) []string {
	for _, t := range tolds {
		if t.outcome == f.Outcome && (t.phase == "" || t.phase == f.Phase) && (t.errno == "" || t.errno == f.Errno) {
			return t.causes
		}
	}
	return nil
}
