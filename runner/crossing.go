package runner

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"rstorm/faults"
	"rstorm/results"
	"rstorm/wire"
)

// cross decides between the ways in which a closing device loses a request: by
// what the device did, which its own leg shows, and by what the client knew of
// it as it sent the request, which shows on the client's. The link has a kernel
// of its own, which acknowledges for it on both.
func (n *incident) cross(f, near *results.Finding) {
	closed := n.legs[farLeg].Sides[wire.Down].FIN.Packet != 0
	idle := slices.Contains(candidates(f), "idle-timeout-race")
	sent := request(n.legs[nearLeg])
	knew, told := n.knew(sent)
	f.Evidence = append(append(f.Evidence, where(farLeg, n.ending())...), where(nearLeg, []string{told})...)
	var left []string
	switch {
	case knew:
		left = []string{"stale-reuse"}
		f.Evidence = append(f.Evidence, where(nearLeg, []string{"checking the connection before reuse would have helped"})...)
	case !closed: // who resets without a FIN may do so by will
		left = candidates(f)
	case sent.Packet == 0:
		left = []string{"close-race", "stale-reuse"}
	default:
		left = []string{"close-race"}
	}
	if idle && !slices.Contains(left, "idle-timeout-race") {
		left = append(left, "idle-timeout-race")
	}
	settle(f, left)
	f.Command = cmp.Or(near.Command, f.Command)
}

// ending is how the device ended its leg.
func (n *incident) ending() (facts []string) {
	down := &n.legs[farLeg].Sides[wire.Down]
	if fin := &down.FIN; fin.Packet != 0 {
		facts = append(facts, fmt.Sprintf("the device closed with FIN #%d (seq %d, ack %d)", fin.Packet, fin.Seq, fin.Ack))
	}
	if reset := &down.Reset; reset.Packet != 0 {
		facts = append(facts, fmt.Sprintf("the device sent RST #%d (seq %d)", reset.Packet, reset.Seq))
	}
	return facts
}

// knew reports whether the client's kernel had the FIN as it sent the request,
// and what that rests on.
func (n *incident) knew(sent wire.Mark) (bool, string) {
	fin := &n.legs[nearLeg].Sides[wire.Down].FIN
	switch {
	case sent.Packet == 0:
		return false, "the last request is not among the packets kept: whether the client's kernel had the FIN can't be seen"
	case fin.Packet == 0:
		return false, fmt.Sprintf("no FIN came before request #%d: checking before reuse could not have helped", sent.Packet)
	case sent.Ack > fin.Seq:
		return true, fmt.Sprintf("request #%d acknowledges FIN #%d (ack %d, FIN %d): the client's kernel had it", sent.Packet, fin.Packet, sent.Ack, fin.Seq)
	}
	return false, fmt.Sprintf("request #%d does not acknowledge FIN #%d (ack %d, FIN %d): checking before reuse could not have helped", sent.Packet, fin.Packet, sent.Ack, fin.Seq)
}

// unread reports whether the device, by its own record, closed after an answer
// while the next request lay unread, without a RST that tells: both had closed by
// then, or it threw away what it read from there on.
func (n *incident) unread() bool {
	down := n.legs[farLeg]
	if n.device == nil || down.Sides[wire.Down].FIN.Packet == 0 {
		return false
	}
	effect, point, _ := parted(string(n.device.Ended))
	if point != faults.AfterResponse && point != faults.Idle {
		return false
	}
	switch effect {
	case faults.Close, faults.HalfClose:
		return n.device.Unread > 0
	case faults.Drain:
		sent := request(down)
		return sent.Packet != 0 && down.Sides[wire.Down].FIN.Ack > sent.Seq
	}
	return false
}

// request is the last request of a conversation, or its last payload if what it
// carries can't be read.
func request(c *wire.Conversation) wire.Mark {
	for _, x := range slices.Backward(c.Exchanges) {
		if x.Request.Packet != 0 {
			return wire.Mark{Packet: x.Request.Packet, At: x.Request.At, Seq: x.Request.Seq, Ack: x.Request.Ack}
		}
	}
	for _, e := range slices.Backward(c.Events) {
		if e.Way == wire.Up && e.Length > 0 && e.Repeat == wire.Fresh {
			return wire.Mark{Packet: e.Packet, At: e.At, Seq: e.Seq, Ack: e.Ack}
		}
	}
	return wire.Mark{}
}

// unheard settles a request that was never acknowledged, on either leg, until its
// client gave up: its answer was not late.
func (n *incident) unheard(f *results.Finding) bool {
	if len(n.failed) == 0 || n.failed[0].Outcome != results.TimedOut || n.forged {
		return false
	}
	for _, l := range []leg{farLeg, nearLeg} {
		c := n.legs[l]
		if c == nil || c.Sides[wire.Up].FIN.Packet == 0 && c.Sides[wire.Up].Reset.Packet == 0 {
			continue
		}
		last, gone := request(c), c.Sides[wire.Up].FIN
		if gone.Packet == 0 {
			gone = c.Sides[wire.Up].Reset
		}
		if last.Packet == 0 || last.Packet > gone.Packet || acknowledged(c, last.Seq) {
			continue
		}
		settle(f, []string{"unacknowledged"})
		f.Origin = results.ByUnknown
		f.Packets = merged(f.Packets, []int{last.Packet})
		f.Evidence = append(f.Evidence, where(l, []string{fmt.Sprintf("request #%d was never acknowledged; #%[3]d gave it up after %[2]s", last.Packet, brief(time.Duration(gone.At-last.At)), gone.Packet)})...)
		return true
	}
	return false
}

// acknowledged reports whether any of what was sent from seq on ever was. A RST
// that has to name a number does not count.
func acknowledged(c *wire.Conversation, seq int64) bool {
	if c.Omitted > 0 {
		return true // for all that is known
	}
	return slices.ContainsFunc(c.Events, func(e wire.Event) bool { return e.Way == wire.Down && e.Ack > seq && !e.Flags.Has(wire.RST) })
}
