package wire

import "rstorm/results"

// near is how far a kernel's word and the packet may lie apart, in nanoseconds.
const near = int64(1e9)

// reason finds the kernel's word for the first RST of a side; nil if there is
// none.
func (s *scene) reason(way Way) *Reason {
	mark := &s.c.Sides[way].Reset
	if mark.Packet == 0 {
		return nil
	}
	source, target := s.c.Client, s.c.Server
	if way == Down {
		source, target = target, source
	}
	var best *Reason
	least := near + 1
	for i := range s.w.Reasons {
		r := &s.w.Reasons[i]
		if r.Source != source || r.Target.IsValid() && r.Target != target {
			continue
		}
		if d := max(r.At-mark.At, mark.At-r.At); d < least {
			best, least = r, d
		}
	}
	return best
}

// word is what the kernel said of a side's first RST, empty if it said nothing.
func (s *scene) word(way Way) string {
	if r := s.reason(way); r != nil {
		return r.Word
	}
	return ""
}

// listening reports whether it was a listening socket that sent the server's
// RST, for the reason given.
func (s *scene) listening(word string) bool {
	r := s.reason(Down)
	return r != nil && r.Listening && r.Word == word
}

// meanings says what the kernel's words mean (enum sk_rst_reason of Linux).
var meanings = []struct{ word, means string }{
	{"NO_SOCKET", "there is no socket for the segment it answers"},
	{"TCP_FLAGS", "the segment it answers does not fit the socket's state; a listening socket knows no such connection"},
	{"INVALID_SYN", "a listening socket can't take the connection; its accept queue is full"},
	{"TCP_ABORT_ON_CLOSE", "the socket was closed while bytes lay unread"},
	{"TCP_ABORT_ON_DATA", "data came for a socket that was closed"},
	{"TCP_TIMEWAIT_SOCKET", "a segment came for a connection that was over"},
	{"TCP_STATE", "the socket was closed with a linger time of 0, or was destroyed"},
	{"TCP_ABORT_ON_LINGER", "the socket was closed, and its time to linger was over"},
	{"TCP_ABORT_ON_MEMORY", "the kernel had no memory left for it, or too many closed sockets"},
	{"TCP_KEEPALIVE_TIMEOUT", "keep-alive probes, or data, were not acknowledged in time"},
}

// meaning explains a word of the kernel, in brackets; empty if it is not known.
func meaning(word string) string {
	for _, m := range meanings {
		if m.word == word {
			return " (" + m.means + ")"
		}
	}
	return ""
}

// sentByNobody blames something between the two for a RST that no kernel sent.
func sentByNobody(s *scene, r *report) bool {
	way, ok := s.firstReset()
	if !ok || !s.w.Watched || s.reason(way) != nil {
		return false
	}
	r.origin = results.ByLink
	r.sayf("the kernels of both ends were watched, and neither sent RST #%d: something between them did", s.c.Sides[way].Reset.Packet)
	return true
}
