package wire

import (
	"slices"

	"rstorm/results"
)

// resetCrossed is a fast close that a request crosses: the server's RST left
// before the request had arrived.
func resetCrossed(s *scene, r *report) bool {
	rst := &s.down.Reset
	if !s.cutByReset() || s.hit == nil || s.hit.Response.Packet != 0 || !s.reused() || rst.Ack < 0 || rst.Ack > s.hit.Request.Seq {
		return false
	}
	r.sayf("RST #%d does not acknowledge %s (ack %d, request %d to %d): it left before the request had arrived, and the two crossed", rst.Packet, r.request(s.hit), rst.Ack, s.hit.Request.Seq, s.hit.Request.End)
	s.idle(r)
	return true
}

// spokeBetween reports whether the client sent anything that a RST may answer
// between two packets.
func (s *scene) spokeBetween(from, to int) bool {
	return slices.ContainsFunc(s.c.Events, func(e Event) bool {
		return e.Way == Up && e.Packet > from && e.Packet < to && (e.Length > 0 || e.Flags.Has(FIN))
	})
}

// unreadRest says that the server may have answered before it had read all of a
// request that came in several segments.
func (s *scene) unreadRest(r *report) {
	if b := s.before; b != nil && b.Request.Packet != 0 && b.Request.Last != b.Request.Packet && s.down.Reset.Ack >= 0 && s.word(Down) == "" {
		r.sayf("the request came in several segments (#%d to #%d): the rest of it may have lain unread", b.Request.Packet, b.Request.Last)
		r.leave("unread-data")
	}
}

// goodbyeUnread is a server that closes without reading what the client sent
// behind its last request, as a rule the alert with which TLS says goodbye.
func goodbyeUnread(s *scene, r *report) bool {
	rst := &s.down.Reset
	if rst.Packet == 0 || rst.Ack < 0 || s.hit != nil || s.before == nil || s.before.Request.Packet == 0 || s.word(Down) == "TCP_STATE" {
		return false
	}
	n := rst.Ack - s.before.Request.End
	if fin := &s.up.FIN; fin.Packet != 0 && fin.Seq < rst.Ack {
		n--
	}
	if n <= 0 {
		return false
	}
	r.origin = results.ByDevice
	r.sayf("RST #%d acknowledges %d bytes that the client sent behind its last request: they may have lain unread as the server closed", rst.Packet, n)
	if s.word(Down) == "TCP_ABORT_ON_CLOSE" {
		return true
	}
	r.leave("abort-after-response")
	s.maybeCut(r)
	return true
}

// maybeCut says that an answer that can't be read may not have been whole.
func (s *scene) maybeCut(r *report) {
	if s.opaque && s.before != nil {
		r.sayf("the payload can't be read: the last answer may have been cut")
		r.leave("reset-mid-response")
	}
}

// resetAnswered is a RST of the server when nothing is open.
func resetAnswered(s *scene, r *report) bool {
	rst := &s.down.Reset
	if rst.Packet == 0 || s.hit != nil || s.nothingSeen() {
		return false
	}
	r.origin = results.ByDevice
	switch fin := &s.down.FIN; {
	case fin.Packet != 0 && fin.Packet < rst.Packet:
		r.sayf("the server closed in order (FIN #%d), and answers what came after that with RST #%d: its socket was gone", fin.Packet, rst.Packet)
		r.leave("process-exit")
		if rst.Ack < 0 && !s.spokeBetween(fin.Packet, rst.Packet) {
			r.sayf("the capture lacks what the RST answers, which may be a request")
			r.leave("stale-reuse", "close-race")
		}
	case s.up.FIN.Packet != 0 && s.up.FIN.Packet < rst.Packet:
		r.sayf("the client closed in order (FIN #%d), and the server answers that with RST #%d", s.up.FIN.Packet, rst.Packet)
		s.unreadRest(r)
		if s.w.Foreign && rst.At-s.up.FIN.At >= pause {
			r.sayf("so late that something may have happened in between: a proxy whose way to the server is gone ends it just so")
			r.leave("network-outage")
		}
	case s.before != nil:
		r.sayf("the server sent RST #%d in place of a FIN, %s after %s", rst.Packet, millis(rst.At-s.before.Response.Done), r.answer(s.before))
		s.unreadRest(r)
		if s.w.Foreign {
			r.sayf("a proxy whose way to the server is gone, or something else between the two, ends it just so")
			r.leave("network-outage")
		}
	default:
		r.sayf("the server sent RST #%d in place of a FIN, and no request was seen", rst.Packet)
		r.leave("reset-before-response", "connection-limit")
	}
	s.maybeCut(r)
	return true
}
