package wire

import "rstorm/results"

// unheard is a client that sends the same again and again. Who swallows it, or
// the acknowledgements, can't be seen from one place.
func unheard(s *scene, r *report) bool {
	n := s.unheard[Up]
	if !s.connected() || s.byServer() || s.up.Bytes == 0 {
		return false
	}
	if s.word(Up) == "TCP_KEEPALIVE_TIMEOUT" {
		r.origin = results.ByUnknown
		r.sayf("the client's kernel gave the connection up: what it had sent was not acknowledged in time")
		return true
	}
	if n < 1 || n < repeats && !s.reset() && !s.over() && s.up.FIN.Packet == 0 {
		return false
	}
	if n < repeats && s.down.Reset.Packet != 0 { // a server that resets has heard it, or did not wait for it
		return false
	}
	r.origin = results.ByUnknown
	first, last := s.repeated(Up, n)
	r.show(first.Packet, last.Packet)
	r.sayf("the client sent the same %d more times (#%d to #%d, over %s), and nothing of the server acknowledges it", n, first.Packet, last.Packet, millis(last.At-first.At))
	if s.hit != nil && s.hit.Request.Packet != 0 {
		r.sayf("%s is among what was not acknowledged, or was open then", r.request(s.hit))
	}
	r.sayf("a server that is gone, a packet filter that drops and a way that is gone look the same here")
	r.leave("firewall-drop", "network-outage")
	if s.down.Packets == 0 && (s.up.FIN.Packet != 0 || s.up.Reset.Packet != 0) {
		r.sayf("the capture holds nothing of the server: it may have seen one direction only")
		r.leave("client-abort")
	}
	return true
}

// unheardAnswer is the same with the server as the one that repeats itself.
func unheardAnswer(s *scene, r *report) bool {
	n := s.unheard[Down]
	way, ended := s.firstReset()
	if ended && way == Up || n < repeats || s.down.Bytes == 0 || s.hit == nil && !ended {
		return false
	}
	r.origin = results.ByUnknown
	first, last := s.repeated(Down, n)
	r.show(first.Packet, last.Packet)
	r.sayf("the server sent the same %d more times (#%d to #%d, over %s), and nothing of the client acknowledges it", n, first.Packet, last.Packet, millis(last.At-first.At))
	r.leave("firewall-drop", "network-outage")
	return true
}

// repeated is the first and the last of the last n segments that a side sent
// again. What is left out of the events shortens the row.
func (s *scene) repeated(way Way, n int) (first, last *Event) {
	for i := len(s.c.Events) - 1; i >= 0 && n > 0; i-- {
		e := &s.c.Events[i]
		if e.Way != way || !e.insists() {
			continue
		}
		if last == nil {
			last = e
		}
		first = e
		n--
	}
	return first, last
}
