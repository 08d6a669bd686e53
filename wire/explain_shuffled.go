package wire

import "slices"

// causal is the segments that are kept in the order that their acknowledgements
// prove, and else in that of the capture: who acknowledges a segment has sent
// that after it.
func (c *Conversation) causal() []Event {
	if c.Shuffled == 0 {
		return c.Events
	}
	events := slices.Clone(c.Events)
	for i := range events {
		for j := i; j > 0 && events[j-1].knows(&events[j]); j-- {
			events[j-1], events[j] = events[j], events[j-1]
		}
	}
	return events
}

// knows reports whether e acknowledges what another segment, of the other side,
// is the first to bring.
func (e *Event) knows(other *Event) bool {
	brings := other.Length > 0 || other.Flags&(SYN|FIN) != 0
	first := other.Repeat == Fresh || other.Repeat == OutOfOrder
	return e.Way != other.Way && brings && first && !other.Flags.Has(RST) && e.Ack >= other.end()
}

// end is where its first FIN or RST stands; nowhere if there is none.
func (d *Side) end() Mark {
	if d.FIN.Packet == 0 || d.Reset.Packet != 0 && d.Reset.Packet < d.FIN.Packet {
		return d.Reset
	}
	return d.FIN
}

// ending is the packet of its first FIN or RST, 0 if there is none.
func (d *Side) ending() int { return d.end().Packet }

// closedBefore reports whether the other side acknowledged its FIN when it ended
// itself, wherever in the capture the two stand.
func (d *Side) closedBefore(other Mark) bool { return d.FIN.Packet != 0 && other.Ack > d.FIN.Seq }

// late reports whether the client has sent some of what an answer acknowledges
// in a segment that stands behind it, and that is in no request: it had been
// given up for missing.
func (s *scene) late(x *Exchange) bool {
	return slices.ContainsFunc(s.c.Events, func(e Event) bool {
		return e.Way == Up && e.Repeat == OutOfOrder && e.Length > 0 && e.Packet > x.Response.Packet && e.end() <= x.Response.Ack &&
			!slices.ContainsFunc(s.c.Exchanges, func(y Exchange) bool { return y.Request.Seq <= e.Seq && e.Seq < y.Request.End })
	})
}

// disorders has a row for each cause that rests on the order of the capture
// where acknowledgements don't prove it.
var disorders = []struct {
	cause string            // that was named
	also  []string          // what it may have been as well
	open  func(*scene) bool // whether acknowledgements leave it open
	doc   string            // what may have been otherwise, to follow "packets changed places in the capture:"
}{
	{"client-abort", []string{"close-race", "crash-before-response", "reset-before-response"}, (*scene).crossed, "the server may have ended it before the client did"},
	{"tls-abort", []string{"abort-after-response", "reset-before-response", "close-race"}, nil, "the handshake may have been over"},
	{"stale-reuse", []string{"crash-while-receiving"}, (*scene).unread, "the request may have begun before the FIN"},
	{"protocol-error", []string{"crash-mid-response"}, (*scene).unread, "what can't be read may be part of an answer"},
	{"close-collision", []string{"idle-timeout-race"}, (*scene).announced, "the request may have come when the server's announced timeout was over"},
	{"reset-before-response", []string{"reset-mid-response", "abort-after-response"}, (*scene).unread, "what the server sent may have been the answer"},
}

// shuffled adds what the cause may have been in another order of packets.
func (r *report) shuffled(cause string) {
	for _, d := range disorders {
		if r.c.Shuffled == 0 || d.cause != cause || d.open != nil && !d.open(r.scene) {
			continue
		}
		r.leave(d.also...)
		r.sayf("packets changed places in the capture (%d stand behind what acknowledges them): %s", r.c.Shuffled, d.doc)
	}
}

// crossed reports whether the server ended it, too, and did not know that the
// client had.
func (s *scene) crossed() bool {
	end := s.down.end()
	return end.Packet != 0 && !s.up.closedBefore(end)
}

// unread reports whether the payload, or that of the open request, could not be
// read.
func (s *scene) unread() bool { return s.opaque || s.hit != nil && !s.hit.Request.Whole }

// announced reports whether the server had said how long it would wait.
func (s *scene) announced() bool { return s.before != nil && s.before.Idle > 0 }
