package wire

// pick finds the exchange that the end has hit: the first behind the last one
// that was answered whole. Where packets are missing, one that stays open while
// others follow may have been answered: then it is the last one.
func (s *scene) pick(all []Exchange) {
	from := 0
	for i := range all {
		if s.answered(all, i) && !s.tooLate(&all[i]) {
			from = i + 1
		}
	}
	if from < len(all)-1 && s.up.Missing+s.down.Missing > 0 {
		from = len(all) - 1
	}
	if from > 0 {
		s.before = &all[from-1]
	}
	if from < len(all) && (all[from].Request.Packet != 0 || all[from].Response.Packet != 0) {
		s.hit = s.begun(all[from])
	}
}

// answered reports whether an exchange has its answer: it was seen whole, or
// went on after a part that the capture lacks until the client asked for more.
func (s *scene) answered(all []Exchange, i int) bool {
	m := &all[i].Response
	return m.Whole || m.Torn && i+1 < len(all) && all[i+1].Request.Packet > m.Packet
}

// begun is an exchange with what the server sent behind its request as the
// answer, where no answer was recognised: what says something is no answer then,
// but an interim one, such as 100 (RFC 9110 section 15.2).
func (s *scene) begun(x Exchange) *Exchange {
	if s.opaque || x.Request.Packet == 0 || x.Response.Packet != 0 {
		return &x
	}
	for i := range s.c.Events {
		e := &s.c.Events[i]
		if e.Way == Down && e.Length > 0 && e.Says == "" && e.Repeat != SeenAgain && !e.Flags.Has(RST) && (e.Packet > x.Request.Packet || e.Ack > x.Request.Seq) && e.Seq >= x.Request.Ack {
			x.Response.add(e)
		}
	}
	x.Response.Whole = false
	return &x
}

// tooLate reports whether an answer came to a client that was gone: it began
// after the client's FIN or RST, and a RST of the client answers it.
func (s *scene) tooLate(x *Exchange) bool {
	end := s.up.end()
	return end.Packet != 0 && x.Request.Packet != 0 && x.Response.Packet > end.Packet && end.Ack <= x.Response.Seq && s.up.Reset.Packet != 0
}

// reused reports whether the connection had carried an answer before what the
// end has hit.
func (s *scene) reused() bool {
	return s.before != nil && s.before.Response.Packet != 0 || s.hit != nil && s.hit.Number > 1 && s.down.Bytes+s.down.Missing > 0
}
