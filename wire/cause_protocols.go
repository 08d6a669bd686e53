package wire

import (
	"fmt"
	"strings"

	"rstorm/results"
)

// handshakeCut is a connection that ends before TLS has been agreed on.
func handshakeCut(s *scene, r *report) bool {
	way, ended := s.began()
	if !s.inHandshake() || !ended {
		return false
	}
	packet, how := s.c.Sides[way].ending(), "closed the connection"
	if packet == s.c.Sides[way].Reset.Packet {
		how = "reset the connection"
	}
	r.sayf("%s %s (#%d) within the TLS handshake: no application data had followed it", side(way), how, packet)
	s.lastWords(r)
	if s.c.Midstream {
		r.sayf("the capture begins in mid-stream: the handshake may have been over")
		r.leave("abort-after-response", "reset-before-response")
	}
	return true
}

// lastWords tells of the last message each side sent whose name is known.
func (s *scene) lastWords(r *report) {
	var last [2]*Event
	for i := range s.c.Events {
		if e := &s.c.Events[i]; e.Says != "" && e.Repeat != SeenAgain {
			last[e.Way] = e
		}
	}
	for way, e := range last {
		if e != nil {
			r.show(e.Packet)
			r.sayf("the last that %s said is %s (#%d)", side(Way(way)), visible(e.Says, 60), e.Packet)
		}
	}
}

// goneAway is a server that says goodbye in HTTP/2 and leaves a request behind,
// or resets.
func goneAway(s *scene, r *report) bool {
	if s.c.Goodbye != "goaway" {
		return false
	}
	if s.hit == nil && s.up.Reset.Packet != 0 && s.down.Reset.Packet == 0 {
		return false // the client's own doing: the goodbye came in order
	}
	r.origin = results.ByDevice
	r.sayf("the server ended the HTTP/2 connection with GOAWAY%s", s.said(r, "GOAWAY"))
	return true
}

// streamReset is a server that ends one stream of HTTP/2, as a rule while the
// connection goes on.
func streamReset(s *scene, r *report) bool {
	if s.c.Goodbye != "rst-stream" || s.down.Reset.Packet != 0 && s.answeredSince("RST_STREAM") {
		return false // of the connection's own end it says nothing
	}
	r.origin = results.ByDevice
	r.sayf("the server ended a stream of HTTP/2 with RST_STREAM%s; that is no RST of TCP", s.said(r, "RST_STREAM"))
	return true
}

// answeredSince reports whether the server sent payload in a later packet than
// the last in which it says a word: it went on after that.
func (s *scene) answeredSince(word string) bool {
	for i := len(s.c.Events) - 1; i >= 0; i-- {
		switch e := &s.c.Events[i]; {
		case e.Way != Down || e.Length == 0 || e.Flags.Has(RST):
		case strings.Contains(e.Says, word):
			return false
		default:
			return true
		}
	}
	return false
}

// said names the last packet in which the server says a word.
func (s *scene) said(r *report, word string) string {
	for i := len(s.c.Events) - 1; i >= 0; i-- {
		e := &s.c.Events[i]
		if e.Way == Down && strings.Contains(e.Says, word) {
			r.show(e.Packet)
			return fmt.Sprintf(" (#%d)", e.Packet)
		}
	}
	return ""
}

// shortest is the length of "HTTP/1.1 200", which every answer begins with.
const shortest = 12

// notHTTP is an answer that does not begin as one of HTTP does.
func notHTTP(s *scene, r *report) bool {
	x := s.hit
	if s.opaque || x == nil || x.Request.Packet == 0 || x.Status != 0 || x.Response.End-x.Response.Seq < shortest {
		return false
	}
	if e := s.event(x.Response.Packet); e == nil || e.Says != "" {
		return false // a head that was cut
	}
	r.origin = results.ByDevice
	r.sayf("%s was answered by #%d, %s later, which does not begin as an answer of HTTP does", r.request(x), x.Response.Packet, millis(x.Response.At-x.Request.At))
	return true
}

// unasked is an answer to no request.
func unasked(s *scene, r *report) bool {
	x := s.unaskedAnswer()
	if x == nil || s.hit != nil {
		return false
	}
	if way, ok := s.firstReset(); ok && way == Down {
		return false // the server's RST needs another reason
	}
	r.origin = results.ByDevice
	r.show(x.Response.Packet)
	r.sayf("the server sent %s without a request: a client that uses the connection again may take it for the answer to its next one", r.answer(x))
	if x.Status == statusTimeout {
		r.sayf("status 408 says that it had waited for a request for too long: its idle timeout fired")
		r.leave("idle-timeout-race")
	}
	return true
}

// statusTimeout says that the server does not wait for a request any longer. It
// may say so unasked (RFC 9110 section 15.5.9).
const statusTimeout = 408

// unaskedAnswer finds an answer without a request on a connection whose
// requests have all been seen; nil if there is none.
func (s *scene) unaskedAnswer() *Exchange {
	if s.opaque || s.c.Midstream || s.gap(Up, 1) || s.up.Missing > 0 {
		return nil
	}
	for i := range s.c.Exchanges {
		x := &s.c.Exchanges[i]
		if x.Request.Packet == 0 && x.Response.Packet != 0 && x.Response.Ack <= s.brought(Up) && !s.late(x) {
			return x
		}
	}
	return nil
}
