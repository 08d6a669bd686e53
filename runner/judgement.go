package runner

import (
	"cmp"
	"slices"

	"rstorm/faults"
	"rstorm/results"
	"rstorm/wire"
)

// explained says why an incident ended badly: first by the wire, then by the
// client's error and phase, then by the link's log and the device's record,
// which decide what is left. The finding's Cause is empty if it did not end
// badly.
func (n *incident) explained(q *inquiry) results.Finding {
	f := n.seen(q)
	if q.opaque && n.harmless() || q.kept && n.tornDown() {
		f.Cause = ""
	}
	if f.Cause == "" && len(n.failed) == 0 && (n.row == nil || n.row.Reset == "") {
		return f
	}
	f.Evidence = append(f.Evidence, n.told(q)...)
	if q.tls && n.goodbye() {
		f.Evidence = append(f.Evidence, "what the client sent last is TLS's close_notify, by its size: no command was hit")
	}
	if !n.byClient(&f) && !n.refused(&f) && !n.dismissed(&f) && !n.queued(&f, q) && !n.unheard(&f) && !n.alone(&f, q) {
		n.decide(&f, q)
	}
	if len(f.Packets) == 0 && len(n.failed) > 0 {
		f.Packets = n.during(q, n.failed[0])
	}
	if n.row != nil {
		f.Connection = n.log.Number
		f.Reset = f.Reset || n.row.Reset != ""
	}
	f.Origin = n.origin(f.Origin, q)
	n.hit(&f, q)
	return f
}

// decide settles which of the causes that the packets leave it was.
func (n *incident) decide(f *results.Finding, q *inquiry) {
	if n.legs == [legs]*wire.Conversation{} && n.row != nil && n.row.Reset != "" && n.row.Cause != results.CauseUnknown && !n.gaveUp() {
		f.Cause = n.row.Cause // by the records alone
	} else {
		n.compare(f, q)
	}
	could, seen := n.could(q), f.Cause != ""
	f.Cause = cmp.Or(f.Cause, results.CauseUnknown)
	if !seen && len(n.failed) > 0 {
		resolve(f, byErrno(n.failed[0].Failure))
	}
	if seen || f.Cause == results.CauseUnknown {
		confine(f, could)
	} else {
		narrow(f, could) // an error shows no more than it says
	}
	if could != nil && f.Cause != results.CauseUnknown && !slices.Contains(could, f.Cause) {
		f.Evidence = append(f.Evidence, "it looks like "+f.Name()+", which by the profiles of link and device can't come about here")
		settle(f, []string{results.CauseUnknown})
	}
}

// confine leaves what could come about.
func confine(f *results.Finding, could []string) {
	if before := f.Name(); !f.Certain() || !slices.Contains(could, f.Cause) {
		if resolve(f, could) && f.Certain() && f.Name() != before {
			f.Evidence = append(f.Evidence, "nothing else that fits can come about on this stage, by the profiles of link and device")
		}
	}
}

// compare holds what the packets leave against what the records say and what the
// client was told.
func (n *incident) compare(f *results.Finding, q *inquiry) {
	if said := n.said(q); !resolve(f, said) {
		f.Evidence = append(f.Evidence, "the records say "+said[0]+", which the packets do not show")
	}
	if len(n.failed) > 0 {
		narrow(f, byErrno(n.failed[0].Failure))
	}
}

// seen is what the wire tells.
func (n *incident) seen(q *inquiry) results.Finding {
	var found [legs]results.Finding
	for l, c := range n.legs {
		if c != nil {
			found[l] = wire.Explain(c, q.witness(c))
		}
	}
	near, far := &found[nearLeg], &found[farLeg]
	f, from := near, nearLeg
	if n.devices(near, far) {
		f, from = far, farLeg
	}
	out := *f
	out.Connection, out.Felt, out.Executed, out.Evidence = 0, false, results.Unknown, nil
	if from == farLeg && n.legs[nearLeg] != nil && !n.leaving() && (slices.Contains(closings, far.Cause) || n.unread()) { // an end that the two legs tell together
		n.cross(&out, near)
		out.Evidence = append(out.Evidence, words(n.legs[farLeg], q.witness(n.legs[farLeg]).Reasons)...)
	} else {
		out.Evidence = where(from, f.Evidence)
	}
	out.Packets = merged(near.Packets, far.Packets)
	if from == nearLeg && out.Origin == results.ByDevice && !n.passedOn() {
		out.Origin = results.ByLink // to the client the link is the device
	}
	return out
}

// leaving reports whether the device, by its own record, had announced the end.
func (n *incident) leaving() bool {
	if n.device == nil {
		return false
	}
	effect, _, _ := parted(string(n.device.Ended))
	return effect == faults.GoAway
}

// devices reports whether the device's own leg tells why it ended. The link
// passes on what the device did, and what it did itself shows on the client's
// leg only.
func (n *incident) devices(near, far *results.Finding) bool {
	switch {
	case far.Cause == "" || far.Cause == results.CauseUnknown:
		return near.Cause == "" && n.row == nil
	case near.Cause == "" && n.legs[nearLeg] == nil:
		return true
	case n.row == nil:
		return false
	case n.row.Reset != "":
		return n.row.Reset == results.ByDevice
	case n.row.First == "": // the link was taken down with it
		return false
	}
	return far.Cause != "client-abort" && n.log.Injected == ""
}

// where says on which leg something was seen.
func where(l leg, evidence []string) []string {
	out := make([]string, len(evidence))
	for i, sentence := range evidence {
		out[i] = l.String() + ": " + sentence
	}
	return out
}

func merged(a, b []int) []int {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}

// said lists the causes that the records leave; none if they leave all.
func (n *incident) said(q *inquiry) []string {
	switch {
	case n.row == nil:
		return nil
	case n.forged:
		return []string{"firewall-reject", "port-reuse"}
	case n.row.Reset == results.ByDevice && n.log.DialErr != nil:
		return []string{"refused", "connection-limit", "defence-reset"}
	case n.row.Reset == results.ByDevice, n.row.Reset == "" && n.log.Injected == "":
		if all := n.deviceAllows(q); all != nil {
			return all
		}
	}
	if n.log.Reset == results.ByClient && n.gaveUp() {
		return byErrno(n.failed[0].Failure) // the client's own RST came of that
	}
	return linkAllows(n.log)
}

// hit says which command was hit, and what became of it.
func (n *incident) hit(f *results.Finding, q *inquiry) {
	f.Phase = cmp.Or(f.Phase, results.PhaseDone)
	r := q.records[f.Command]
	if len(n.failed) > 0 {
		first := n.failed[0]
		r, f.Command, f.Attempt, f.Phase = first.record, first.record.ID.String(), first.Attempt, cmp.Or(first.Phase, f.Phase)
	} else if n.log != nil {
		for _, x := range n.log.Exchanges {
			if x.Identified && x.Command == f.Command {
				f.Attempt = x.Attempt
			}
		}
	}
	f.Felt, f.Executed = false, results.Unknown
	if r == nil {
		return
	}
	f.Felt = r.Outcome != results.OK && r.Outcome != results.Rejected
	if r.Ledger {
		f.Executed = results.Count(r.Executed)
	}
}
