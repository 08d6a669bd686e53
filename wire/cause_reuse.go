package wire

// lateRequest reports whether the server closed with a FIN while a request was
// open of whose answer nothing was seen.
func (s *scene) lateRequest() bool {
	return s.byServer() && s.down.FIN.Packet != 0 && s.hit != nil && s.hit.Request.Packet != 0 && s.hit.Response.Packet == 0
}

// staleReuse is a request on a connection whose end the client's kernel knew.
func staleReuse(s *scene, r *report) bool {
	fin := &s.down.FIN
	if !s.lateRequest() || s.hit.Request.Ack <= fin.Seq || s.drained() {
		return false
	}
	x := s.hit
	r.sayf("%s acknowledges FIN #%d (ack %d), %s after it: the client's kernel had it", r.request(x), fin.Packet, x.Request.Ack, millis(x.Request.At-fin.At))
	r.sayf("checking the connection before reuse would have helped")
	s.warned(r)
	s.answerTo(r)
	s.murmurs(r)
	s.idle(r)
	return true
}

// warned says that the client could have known.
func (s *scene) warned(r *report) {
	if s.before != nil && s.before.Announced {
		r.sayf("the exchange before had announced that the connection would be closed (Connection: close); the client used it all the same")
	}
}

// halfClosed is a server that does not send any more, and still takes what
// comes.
func halfClosed(s *scene, r *report) bool {
	if !s.lateRequest() || !s.drained() {
		return false
	}
	x, fin := s.hit, &s.down.FIN
	r.sayf("the server's FIN #%d came without an answer to %s; the server acknowledged the request after that, and sent no RST", fin.Packet, r.request(x))
	behind := "stale-reuse"
	if x.Request.Ack <= fin.Seq {
		behind = "close-race"
		r.sayf("the request does not acknowledge the FIN (ack %d, FIN %d): checking before reuse could not have helped", x.Request.Ack, fin.Seq)
	} else {
		r.sayf("the request acknowledges the FIN (ack %d): checking before reuse would have helped", x.Request.Ack)
	}
	if s.w.Foreign {
		r.sayf("a proxy that passes on how the server behind it closed looks the same here")
		r.leave(behind)
	}
	s.murmurs(r)
	s.idle(r)
	return true
}

// drained reports whether the server acknowledged the open request after its
// FIN, which had not acknowledged it, and did not reset.
func (s *scene) drained() bool {
	return s.down.Reset.Packet == 0 && s.down.FIN.Ack < s.hit.Request.End && s.up.Acked >= s.hit.Request.End
}

// closeRace is a request and a FIN that cross: neither acknowledges the other.
func closeRace(s *scene, r *report) bool {
	fin := &s.down.FIN
	if !s.lateRequest() || fin.Ack >= s.hit.Request.End && fin.Ack >= 0 || fin.Ack > s.hit.Request.Seq && !s.reused() {
		return false
	}
	x := s.hit
	s.crossing(r)
	r.sayf("FIN #%d does not acknowledge the request either (ack %d, request %d to %d): the two crossed", fin.Packet, fin.Ack, x.Request.Seq, x.Request.End)
	s.answerTo(r)
	if s.first() {
		r.sayf("it was the first request on the connection: a server at a limit closes new ones like that, too")
		r.leave("connection-limit", "defence-reset")
	}
	s.murmurs(r)
	s.idle(r)
	return true
}

// crossing says that the request did not know of the FIN, and what follows from
// that.
func (s *scene) crossing(r *report) {
	x, fin := s.hit, &s.down.FIN
	when, had := fin.At-x.Request.At, "came"
	left := "left " + millis(when) + " before"
	if when < 0 {
		left, had = "came "+millis(-when)+" after", "had left"
	}
	r.sayf("%s %s FIN #%d %s and does not acknowledge it (ack %d, FIN %d): checking before reuse could not have helped", r.request(x), left, fin.Packet, had, x.Request.Ack, fin.Seq)
	s.warned(r)
	if b := s.before; b != nil && b.Response.Packet != 0 {
		r.sayf("the request was sent %s after %s, and the FIN %s after it", millis(x.Request.At-b.Response.Done), r.answer(b), millis(fin.At-b.Response.Done))
	}
}

// closedUnread is a close race whose request had arrived at the server's kernel
// and not yet been read, as far as that can be told: by a RST of the same
// socket, or because the FIN came sooner than an answer could.
func closedUnread(s *scene, r *report) bool {
	rst, fin := &s.down.Reset, &s.down.FIN
	took, known := s.service()
	soon := known && fin.At-s.hit.Request.At < took
	if !s.lateRequest() || !s.reused() || rst.Packet == 0 && !soon {
		return false
	}
	s.crossing(r)
	r.sayf("FIN #%d acknowledges the request (ack %d): it lay in the server's buffer", fin.Packet, fin.Ack)
	if soon {
		r.sayf("the FIN came %s after the request, sooner than the last answer, which took %s", millis(fin.At-s.hit.Request.At), millis(took))
	}
	if word := s.word(Down); word == "TCP_ABORT_ON_CLOSE" || word == "" && rst.Packet != 0 && rst.Ack >= 0 {
		r.sayf("RST #%d is of the connection's own socket, as for bytes that nobody has read", rst.Packet)
	} else {
		r.sayf("whether the server had read it before it closed can't be seen")
		r.leave("crash-before-response", "process-exit")
		if rst.Packet == 0 {
			r.leave("half-close")
		}
	}
	s.murmurs(r)
	s.idle(r)
	return true
}

// service is how long the server took for the last answer, and whether that is
// known.
func (s *scene) service() (ns int64, known bool) {
	if s.hit == nil || s.before == nil || s.before.Request.Packet == 0 || s.before.Response.Packet == 0 {
		return 0, false
	}
	return s.before.Response.At - s.before.Request.Done, true
}

// answerTo tells of the server's RST for the open request, or that there was
// none.
func (s *scene) answerTo(r *report) {
	rst := &s.down.Reset
	switch {
	case rst.Packet == 0 && s.gap(Up, s.hit.Request.Seq):
		r.sayf("no RST of the server was captured, and packets are missing")
		r.leave("half-close")
	case rst.Packet == 0:
		r.sayf("the request was never answered, and no RST of the server was captured: it may have been taken and thrown away")
		r.leave("half-close")
	case rst.Ack < 0 && rst.Seq == s.hit.Request.Ack:
		r.sayf("RST #%d answers the request: it has the number that the request acknowledges (seq %d)", rst.Packet, rst.Seq)
	default:
		r.sayf("RST #%d of the server followed %s after its FIN (seq %d)", rst.Packet, millis(rst.At-s.down.FIN.At), rst.Seq)
	}
}

// first reports whether the open request was certainly the first on its
// connection.
func (s *scene) first() bool { return !s.c.Midstream && !s.reused() }
