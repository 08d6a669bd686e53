package wire

// gap reports whether payload that was sent this way, from a relative number
// on, is not in the capture.
func (s *scene) gap(way Way, from int64) bool {
	end := s.known[way]
	if s.c.Sides[way].Missing == 0 && end <= s.got[way] {
		return false
	}
	for pos := max(from, 1); pos < end; {
		next := s.covered(way, pos)
		if next == pos {
			return true
		}
		pos = next
	}
	return false
}

// covered is how far the segments that are kept reach without a hole, from a
// relative number on.
func (s *scene) covered(way Way, pos int64) int64 {
	for i := range s.c.Events {
		e := &s.c.Events[i]
		if e.Way == way && !e.Flags.Has(RST) && e.Seq <= pos && e.end() > pos {
			pos = e.end()
		}
	}
	return pos
}

// unseenFIN reports whether the capture lacks the last that the server must have
// sent, and its FIN.
func (s *scene) unseenFIN() bool {
	last := max(s.known[Down], s.got[Down]) - 1
	return s.down.FIN.Packet == 0 && last > 0 && s.covered(Down, last) == last
}

// brought is the relative number behind the last SYN, payload or FIN of a side
// that is kept.
func (s *scene) brought(way Way) int64 {
	end := int64(1)
	for i := range s.c.Events {
		if e := &s.c.Events[i]; e.Way == way && (e.Length > 0 || e.Flags&(SYN|FIN) != 0) && !e.Flags.Has(RST) {
			end = max(end, e.end())
		}
	}
	return end
}

// A doubt is what else a conversation may have been if packets are missing in
// the capture.
type doubt struct {
	cause string   // that was named
	way   Way      // the way of what is missing
	also  []string // what it may have been as well
	doc   string   // what may be missing, to follow "the capture lacks"
}

// doubts has a row for each cause that rests on something not being there.
var doubts = []doubt{
	{"close-collision", Down, []string{"stale-reuse", "close-race", "abort-after-response"}, "what the server sent before its RST, which may be a FIN or the answer"},
	{"unknown-connection", Down, []string{"stale-reuse", "close-race"}, "what the server sent before its RST, which may be a FIN"},
	{"reset-before-response", Down, []string{"reset-mid-response", "abort-after-response", "stale-reuse"}, "what the server sent before its RST, which may be the answer or a FIN"},
	{"reset-mid-response", Down, []string{"abort-after-response"}, "a part of the answer, which may be its rest"},
	{"crash-mid-response", Down, []string{"process-exit", "abort-after-response"}, "a part of the answer, which may be its rest"},
	{"crash-before-response", Down, []string{"crash-mid-response", "abort-after-response", "stale-reuse", "close-race"}, "what the server sent before it closed, which may be the answer"},
	{"close-race", Down, []string{"crash-mid-response", "abort-after-response"}, "what the server sent before its FIN, which may be the answer"},
	{"unread-data", Down, []string{"reset-mid-response", "abort-after-response"}, "what the server sent before its RST, which may be the answer"},
	{"unread-data", Up, []string{"reset-before-response"}, "a part of the request, which may be its rest"},
	{"crash-while-receiving", Up, []string{"crash-before-response"}, "a part of the request, which may be its rest"},
	{"abort-after-response", Up, []string{"close-collision", "reset-before-response", "stale-reuse", "close-race"}, "what the client sent before the RST, which may be another request"},
	{"abort-after-response", Down, []string{"reset-mid-response"}, "a part of the answer, which may be its rest"},
	{"defence-reset", Up, []string{"reset-before-response"}, "what the client sent before the RST, which may be a request"},
	{"defence-reset", Down, []string{"abort-after-response"}, "what the server sent before the RST, which may be an answer"},
	{"connection-limit", Up, []string{"reset-before-response"}, "what the client sent, which may be a request"},
	{"stale-reuse", Up, []string{"crash-while-receiving"}, "what the client sent before, which may be the beginning of the request"},
	{"close-race", Up, []string{"crash-while-receiving"}, "what the client sent before, which may be the beginning of the request"},
	{"half-close", Down, []string{"close-race"}, "what the server sent, which may be the answer"},
	{"tls-abort", Up, []string{"reset-before-response"}, "what the client sent, which may be the end of the handshake and a request"},
	{"tls-abort", Down, []string{"abort-after-response"}, "what the server sent, which may be the end of the handshake and an answer"},
	{"protocol-error", Down, []string{"crash-mid-response"}, "a part of the answer, which may be its beginning"},
	{"protocol-error", Up, []string{"abort-after-response"}, "what the client sent, which may be the request"},
	{"client-abort", Down, []string{"abort-after-response"}, "what the server sent, which may be its FIN"},
}

// doubt adds what the cause may have been if what is missing in the capture
// was there.
func (r *report) doubt(cause string) {
	for _, d := range doubts {
		if d.cause != cause || !r.lacks(d.way) {
			continue
		}
		r.leave(d.also...)
		r.sayf("the capture lacks %s", d.doc)
	}
}

// lacks reports whether anything that would matter is missing in what was sent
// this way.
func (s *scene) lacks(way Way) bool {
	if s.hit != nil && (way == Up && s.hit.Request.Torn || way == Down && s.hit.Response.Torn) {
		return true
	}
	return s.gap(way, s.around(way))
}

// around is the relative number from which on something missing would matter.
func (s *scene) around(way Way) int64 {
	switch {
	case s.hit != nil && way == Down:
		return s.hit.Request.Ack
	case s.hit != nil && s.before != nil:
		return s.before.Request.End
	case s.before != nil && way == Down:
		return s.before.Response.Seq
	case s.before != nil:
		return s.before.Request.Seq
	}
	return 1
}
