package wire

import "rstorm/results"

// statusTooLarge says that a request exceeds the server's limit (RFC 9110
// section 15.5.14, Content Too Large).
const statusTooLarge = 413

// cut reports whether the open request had not wholly been sent, or had not
// wholly arrived, and none of an answer was seen.
func (s *scene) cut(ack int64) bool {
	x := s.hit
	return x != nil && x.Request.Packet != 0 && x.Response.Packet == 0 &&
		(!x.Request.Whole || ack > x.Request.Seq && ack < x.Request.End)
}

// closedMidRequest is a request that the server's FIN cuts.
func closedMidRequest(s *scene, r *report) bool {
	if !s.lateRequest() || !s.cut(s.down.FIN.Ack) {
		return false
	}
	fin := &s.down.FIN
	r.sayf("FIN #%d of the server came within %s: it acknowledges %d bytes of it, and the request is not whole", fin.Packet, r.request(s.hit), fin.Ack-s.hit.Request.Seq)
	if s.down.Reset.Packet != 0 {
		r.sayf("RST #%d answers what the client sent after that", s.down.Reset.Packet)
	}
	r.sayf("a process that dies, one that exits and one that has enough look the same here")
	r.leave("process-exit", "request-too-large")
	return true
}

// resetMidRequest is a request that the server's RST cuts.
func resetMidRequest(s *scene, r *report) bool {
	rst := &s.down.Reset
	if !s.cutByReset() || rst.Ack >= 0 && s.hit != nil && rst.Ack <= s.hit.Request.Seq && s.reused() || !s.cut(rst.Ack) || s.word(Down) == "TCP_STATE" {
		return false
	}
	r.sayf("RST #%d came within %s, %s after it began, when %d bytes of it had been sent", rst.Packet, r.request(s.hit), millis(rst.At-s.hit.Request.At), s.hit.Request.End-s.hit.Request.Seq)
	if s.word(Down) == "TCP_ABORT_ON_CLOSE" && !s.w.Foreign {
		return true
	}
	r.sayf("a close with bytes unread, a process that dies, a limit on size and a reset by will look the same here")
	r.leave("crash-while-receiving", "request-too-large", "reset-before-response")
	return true
}

// tooLarge is a server that says why it does not read on.
func tooLarge(s *scene, r *report) bool {
	x := s.refusal()
	if x == nil || s.down.Reset.Packet == 0 {
		return false
	}
	if way, _ := s.firstReset(); way == Up {
		return false
	}
	r.origin = results.ByDevice
	r.show(x.Request.Packet, x.Response.Packet)
	r.sayf("the server answered %s with status 413 (#%d), and closed with RST #%d: it had not read all of the request", r.request(x), x.Response.Packet, s.down.Reset.Packet)
	return true
}

// refusal is the last exchange, if its status says that it was too large.
func (s *scene) refusal() *Exchange {
	x := s.hit
	if x == nil {
		x = s.before
	}
	if x == nil || x.Status != statusTooLarge {
		return nil
	}
	return x
}

// forgotten is a server that answers a client's segment as if there were no
// connection: no FIN came before. A NAT or a packet filter that has forgotten
// it answers just so.
func forgotten(s *scene, r *report) bool {
	rst := &s.down.Reset
	if rst.Packet == 0 || rst.Ack >= 0 || s.down.FIN.Packet != 0 || s.nothingSeen() {
		return false
	}
	if way, _ := s.firstReset(); way != Down {
		return false
	}
	what := "a segment of the client"
	if s.hit != nil && s.hit.Request.Packet != 0 {
		what = r.request(s.hit)
	}
	r.sayf("RST #%d answers %s without an acknowledgement of its own (seq %d), as for a connection that is not known; the server had sent no FIN", rst.Packet, what, rst.Seq)
	switch {
	case s.unseenFIN():
		r.sayf("the client had acknowledged more than the capture has: the server's FIN may be missing in it")
		r.leave("stale-reuse", "close-race")
	case s.listening("TCP_FLAGS"), s.word(Down) == "NO_SOCKET":
		return true
	case s.word(Down) != "":
		r.sayf("the kernel knew of the socket: a FIN that the capture lacks may have come before")
		r.leave("stale-reuse", "close-race")
		return true
	}
	r.sayf("its TTL is that of the server's other segments, if any; a packet filter, or a NAT, that has forgotten the connection can't be told from a server that has")
	r.leave("firewall-reject")
	if s.up.Repeats-s.up.Duplicates > 0 {
		r.sayf("the client had sent something again before: the way, or the server, had been gone for a while")
		r.leave("network-outage")
	}
	return true
}
