package runner

import "rstorm/results"

// certainties are errors by which the other end itself has said what it did: the
// client has read it, whatever a capture can read.
var certainties = map[string]string{"GOAWAY": "h2-goaway", "RST_STREAM": "h2-rst-stream", "alert": "tls-abort"}

// byClient settles what the client has been told in so many words.
func (n *incident) byClient(f *results.Finding) bool {
	if len(n.failed) == 0 {
		return false
	}
	cause := certainties[n.failed[0].Errno]
	if cause == "" {
		return false
	}
	if f.Cause != cause {
		f.Origin = results.ByDevice
	}
	settle(f, []string{cause})
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
	{results.TimedOut, "", "", []string{"client-abort", "unacknowledged"}},
	{results.Failed, results.PhaseHead, "", []string{"protocol-error"}},
	{results.Failed, results.PhaseBody, "", []string{"protocol-error"}},
	{results.Truncated, "", "", []string{"crash-mid-response", "protocol-error"}},
	{results.Closed, "", "", []string{"close-race", "stale-reuse", "half-close", "crash-before-response"}},
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
