package wire

import "rstorm/results"

// clientGaveUp is a client that closes or resets while a request is open.
func clientGaveUp(s *scene, r *report) bool {
	way, ended := s.began()
	if !ended || way != Up || s.hit == nil {
		return false
	}
	by, x := "FIN", s.hit
	mark := &s.up.FIN
	if s.up.ending() == s.up.Reset.Packet {
		by, mark = "RST", &s.up.Reset
	}
	switch {
	case x.Request.Packet == 0:
		r.sayf("the client sent %s #%d within %s, whose request the capture does not hold", by, mark.Packet, r.answer(x))
		r.leave("protocol-error")
	case x.Response.Packet == 0, s.tooLate(x):
		r.sayf("the client sent %s #%d, %s after %s, which had not been answered", by, mark.Packet, millis(mark.At-x.Request.At), r.request(x))
		if s.unseenFIN() {
			r.sayf("it had acknowledged more than the capture has of the server, whose FIN may be missing")
			r.leave("close-race", "stale-reuse", "half-close")
		}
		s.waitedInVain(r)
	default:
		r.sayf("the client sent %s #%d within %s, %s after the last of it", by, mark.Packet, r.answer(x), millis(mark.At-x.Response.Done))
		r.sayf("whether it had enough or did not understand the answer can't be seen")
		r.leave("protocol-error")
	}
	if s.up.Reset.Packet > mark.Packet {
		r.sayf("RST #%d of the client answers what the server still sent", s.up.Reset.Packet)
	}
	s.murmurs(r)
	if s.down.Reset.Packet != 0 && s.up.FIN.Packet != 0 && x.Response.Packet == 0 {
		r.sayf("the server reset (#%d) instead of answering; a client may close its sending side and still wait for the answer", s.down.Reset.Packet)
		r.leave("reset-before-response")
	}
	return true
}

// waitedInVain says what else may stand behind a client that gives up: a server
// that has not even acknowledged the request, or never took the connection from
// its kernel.
func (s *scene) waitedInVain(r *report) {
	switch {
	case s.up.Acked < s.hit.Request.End:
		r.sayf("the server had not acknowledged it either")
		r.leave("unacknowledged", "firewall-drop", "network-outage")
	case s.first() && s.down.Reset.Packet == 0:
		r.sayf("the server's kernel acknowledged it, and nothing was said on this connection in time: it may have waited in a queue")
		r.leave("connection-limit")
	}
}

// clientReset is a RST of the client that cuts no request.
func clientReset(s *scene, r *report) bool {
	rst := &s.up.Reset
	if rst.Packet == 0 || s.nothingSeen() {
		return false
	}
	if way, _ := s.firstReset(); way != Up {
		return false
	}
	r.origin = results.ByClient
	switch fin := &s.down.FIN; {
	case s.up.FIN.Packet != 0 && s.up.FIN.Packet < rst.Packet && fin.Packet != 0 && fin.Packet < rst.Packet:
		r.sayf("both sides had closed in order (FIN #%d and #%d): RST #%d answers what came too late, or twice", s.up.FIN.Packet, fin.Packet, rst.Packet)
	case s.up.FIN.Packet != 0 && s.up.FIN.Packet < rst.Packet:
		r.sayf("the client closed in order (FIN #%d), and sent RST #%d %s later, as for what a server still sends then", s.up.FIN.Packet, rst.Packet, millis(rst.At-s.up.FIN.At))
	case rst.Ack < 0:
		r.sayf("RST #%d answers a segment of the server: the client's socket was gone", rst.Packet)
		if s.c.Midstream && s.up.Bytes+s.down.Bytes == 0 {
			r.sayf("the capture lacks how the connection began: it may be an older one that a SYN has met")
			r.leave("port-reuse")
		}
		if s.up.FIN.Packet == 0 {
			r.sayf("the capture has no end of its own doing: it may have got a RST that never passed here, or have been started anew")
			r.leave("firewall-reject", "network-outage")
		}
	case s.down.FIN.Packet != 0 && s.down.FIN.Packet < rst.Packet:
		r.sayf("the client sent RST #%d instead of a FIN, %s after the server's FIN #%d", rst.Packet, millis(rst.At-s.down.FIN.At), s.down.FIN.Packet)
	default:
		r.sayf("the client sent RST #%d instead of a FIN: a fast close, or bytes lay unread", rst.Packet)
	}
	return true
}

// nothingSeen reports whether the capture holds nothing of the conversation but
// RSTs.
func (s *scene) nothingSeen() bool {
	return s.up.Packets == s.up.Resets && s.down.Packets == s.down.Resets
}
