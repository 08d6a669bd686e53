package wire

import (
	"slices"

	"rstorm/results"
)

// repeats are how often something must have been sent again without an answer
// to be more than a capture that ends too soon.
const repeats = 2

// bad reports whether the conversation ended badly: there is a RST, or a
// request that will not be answered whole any more, or a protocol says so.
func (s *scene) bad() bool {
	switch {
	case s.reset(), s.c.Goodbye == "rst-stream":
		return true
	case s.c.Goodbye == "goaway" && s.hit != nil:
		return true
	case !s.connected():
		return s.syn && (s.over() || s.unheard[Up] >= repeats)
	case s.mute():
		return true
	case s.inHandshake():
		_, ended := s.began()
		return ended
	case s.unaskedAnswer() != nil:
		return true
	}
	return s.hit != nil && s.lost()
}

// lost reports whether the open request, or its answer, will not come to its
// end any more. What is only open because packets are missing is not lost.
func (s *scene) lost() bool {
	if s.lacks(Down) || s.lacks(Up) && !s.ignored() {
		return false
	}
	_, ended := s.began()
	return ended || s.over() || s.unheard[Up] >= repeats || s.unheard[Down] >= repeats
}

// ignored reports whether the server said nothing at all after the open request
// had begun, which is no answer whatever the capture lacks of the request.
func (s *scene) ignored() bool {
	x := s.hit
	return x.Request.Packet != 0 && x.Response.Packet == 0 && !slices.ContainsFunc(s.c.Events, func(e Event) bool {
		return e.Way == Down && e.Length > 0 && e.Packet > x.Request.Packet
	})
}

// over reports whether nothing more will come.
func (s *scene) over() bool { return !s.c.Cut || s.w.Over }

// Undecided reports whether nothing can be said of how a conversation ended:
// the capture ends before any request in it was answered, or lacks what became
// of one. [Explain] finds nothing bad in it then.
func Undecided(c *Conversation, w Witness) bool {
	if c.smooth() || !c.Cut && len(c.Exchanges) == 0 {
		return false
	}
	s := survey(c, w)
	return !s.bad() && (s.hit != nil || c.Cut && s.before == nil)
}

// mute reports whether the server has answered the SYN, says so again and
// again, and hears nothing of the client.
func (s *scene) mute() bool {
	return s.synAck && s.unheard[Down] >= repeats && s.up.Bytes == 0 && s.up.FINs == 0
}

// declined reports whether the client answered the server's SYN,ACK with a RST,
// as for a connection that it does not know.
func (s *scene) declined() bool {
	return s.synAck && !s.accepted && s.up.Reset.Packet != 0 && s.up.Reset.Ack < 0 && s.up.Packets == s.up.Resets+1
}

// inHandshake reports whether TLS was being agreed on when the conversation
// ended.
func (s *scene) inHandshake() bool {
	return s.c.Protocol == TLS && s.c.Handshake == 0
}

// phase says how far the exchange had come that the end cut.
func (s *scene) phase() results.Phase {
	switch {
	case !s.connected(), s.mute(), s.declined():
		return results.PhaseConnect
	case s.inHandshake():
		return results.PhaseHandshake
	case s.hit == nil:
		return results.PhaseDone
	case s.hit.Response.Packet == 0 && !s.hit.Request.Whole:
		return results.PhaseSend
	case s.hit.Response.Packet == 0, s.tooLate(s.hit):
		return results.PhaseWait
	case s.hit.Status == 0 && !s.opaque:
		return results.PhaseHead
	}
	return results.PhaseBody
}
