package wire

// cutByReset reports whether it was the server's RST, with no FIN of anybody
// before it, that ended the conversation.
func (s *scene) cutByReset() bool {
	return s.byServer() && s.down.Reset.Packet != 0 && s.down.FIN.Packet == 0
}

// closedMidResponse is an answer that the server's FIN cuts.
func closedMidResponse(s *scene, r *report) bool {
	fin := &s.down.FIN
	if !s.byServer() || fin.Packet == 0 || s.hit == nil || s.hit.Response.Packet == 0 {
		return false
	}
	r.sayf("FIN #%d of the server cut %s to %s after %d bytes", fin.Packet, r.answer(s.hit), r.request(s.hit), s.hit.Response.End-s.hit.Response.Seq)
	r.sayf("a process that dies and one that closes look the same here")
	r.leave("process-exit")
	if s.w.Foreign {
		r.sayf("so does a server that announces another length than it sends")
		r.leave("protocol-error")
	}
	s.murmurs(r)
	return true
}

// closedUnanswered is a server that closes in order instead of answering.
func closedUnanswered(s *scene, r *report) bool {
	if !s.lateRequest() {
		return false
	}
	fin := &s.down.FIN
	r.sayf("FIN #%d came %s after %s, acknowledges it (ack %d) and brings no answer", fin.Packet, millis(fin.At-s.hit.Request.At), r.request(s.hit), fin.Ack)
	r.sayf("a process that dies, one that exits and one that closes look the same here")
	r.leave("process-exit")
	if s.reused() {
		r.sayf("the connection was reused: the request may lie unread in the server's buffer; it does not acknowledge the FIN, so that checking before reuse could not have helped")
		r.leave("close-race", "half-close")
	}
	s.murmurs(r)
	return true
}

// resetMidResponse is an answer that the server's RST cuts. A process that dies
// leaves a FIN instead, unless bytes of the client lie unread.
func resetMidResponse(s *scene, r *report) bool {
	if !s.cutByReset() || s.hit == nil || s.hit.Response.Packet == 0 {
		return false
	}
	rst := &s.down.Reset
	r.sayf("RST #%d of the server cut %s to %s after %d bytes", rst.Packet, r.answer(s.hit), r.request(s.hit), s.hit.Response.End-s.hit.Response.Seq)
	if s.known[Up] > s.hit.Request.End && s.hit.Request.Packet != 0 {
		r.sayf("the client had sent more than this request: bytes may have lain unread as the server closed, or died")
		r.leave("crash-mid-response", "unread-data")
	}
	return true
}

// unreadData believes the kernel.
func unreadData(s *scene, r *report) bool {
	if !s.cutByReset() || s.word(Down) != "TCP_ABORT_ON_CLOSE" || s.hit != nil && s.hit.Response.Packet == 0 && s.reused() {
		return false
	}
	r.sayf("the server closed while bytes of the client lay unread; whether it did so by will or as its process died can't be seen")
	if s.w.Foreign {
		r.leave("reset-before-response", "crash-before-response")
		s.limited(r)
	}
	return true
}

// closeCollision is a request that lies unread on a reused connection as the
// server closes. The wire does not tell that from a server that resets by will.
func closeCollision(s *scene, r *report) bool {
	word := s.word(Down)
	if !s.cutByReset() || s.hit == nil || s.hit.Response.Packet != 0 || !s.reused() || word == "TCP_STATE" {
		return false
	}
	s.noFIN(r)
	s.warned(r)
	if b := s.before; b != nil && b.Response.Packet != 0 {
		r.sayf("the connection had answered before; the request was sent %s after %s, and the RST %s after the request", millis(s.hit.Request.At-b.Response.Done), r.answer(b), millis(s.down.Reset.At-s.hit.Request.At))
	}
	if word != "TCP_ABORT_ON_CLOSE" || s.w.Foreign { // a kernel says so of a death and of a linger time of 0, too
		r.sayf("the wire does not tell a close, or a death, with the request unread from a reset by will")
		r.leave("reset-before-response", "crash-before-response")
		if m := s.hit.Method; m != "" && m != "GET" && m != "HEAD" {
			r.sayf("a %s has content as a rule: a part of it may have lain unread as the server closed", visible(m, 20))
			r.leave("unread-data")
		}
	}
	s.long(r)
	s.idle(r)
	return true
}

// noFIN says that a request was followed by a RST without a FIN.
func (s *scene) noFIN(r *report) {
	rst := &s.down.Reset
	r.sayf("RST #%d came %s after %s, without a FIN (ack %d, request %d to %d)", rst.Packet, millis(rst.At-s.hit.Request.At), r.request(s.hit), rst.Ack, s.hit.Request.Seq, s.hit.Request.End)
}

// resetUnanswered is a server that resets instead of answering, by will as far
// as anything tells.
func resetUnanswered(s *scene, r *report) bool {
	if !s.cutByReset() || s.hit == nil || s.hit.Response.Packet != 0 {
		return false
	}
	s.noFIN(r)
	if s.word(Down) == "TCP_STATE" {
		if s.w.Foreign && s.first() { // so ends what lies in the queue of a listener that closes, or dies
			r.leave("crash-before-response")
			s.limited(r)
		}
		return true
	}
	r.sayf("the wire does not tell a reset by will from a close, or a death, with the request unread")
	r.leave("unread-data", "crash-before-response")
	s.limited(r)
	s.long(r)
	return true
}

// limited leaves what a server at a limit does to new connections.
func (s *scene) limited(r *report) {
	if s.first() {
		r.sayf("it was the first request on the connection: a server at a limit resets new ones like that, too")
		r.leave("defence-reset", "connection-limit")
	}
}

// long leaves what may happen within a request of several segments.
func (s *scene) long(r *report) {
	if x := &s.hit.Request; x.Last != x.Packet {
		r.sayf("the request came in several segments (#%d to #%d): the server may have ended it before it had read all of them", x.Packet, x.Last)
		r.leave("crash-while-receiving", "request-too-large")
	}
}
