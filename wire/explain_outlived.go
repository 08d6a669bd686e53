package wire

import "rstorm/results"

// outlive takes away what the conversation's marks say of RSTs that ended
// nothing: their own side went on after them and was understood. The next RST of
// the side, if there is one, takes the place.
func (s *scene) outlive() {
	for way := range s.c.Sides {
		first := s.c.Sides[way].Reset
		if first.Packet == 0 || !s.wentOn(Way(way), first.Packet) {
			continue
		}
		if s.outlived == 0 {
			c := *s.c
			s.c, s.outlived = &c, first.Packet
			s.up, s.down = &c.Sides[Up], &c.Sides[Down]
		}
		s.c.Sides[way].Reset = s.nextReset(Way(way), first.Packet)
	}
}

// wentOn reports whether a side said something new, or called once more, after a
// packet, and the other side acknowledged that.
func (s *scene) wentOn(way Way, packet int) bool {
	from, to := int64(-1), int64(-1) // what it said since
	for i := range s.c.Events {
		e := &s.c.Events[i]
		switch {
		case e.Packet <= packet || e.Flags.Has(RST) || e.Repeat == SeenAgain:
		case e.Way != way && to >= 0 && e.Ack > from && e.Ack <= to:
			return true
		case e.Way == way && (e.Length > 0 && e.Repeat == Fresh || e.Flags.Has(SYN)):
			if to < 0 {
				from = e.Seq
			}
			to = max(to, e.end())
		}
	}
	return false
}

// nextReset is a side's first RST after a packet after which it did not go on.
func (s *scene) nextReset(way Way, packet int) Mark {
	for i := range s.c.Events {
		e := &s.c.Events[i]
		if e.Way == way && e.Packet > packet && e.Flags.Has(RST) && e.Repeat != SeenAgain && !s.wentOn(way, e.Packet) {
			return Mark{e.Packet, e.At, e.Seq, e.Ack}
		}
	}
	return Mark{}
}

// resetIgnored is a RST that neither side cared for.
func resetIgnored(s *scene, r *report) bool {
	if _, reset := s.firstReset(); s.outlived == 0 || reset || s.hit != nil {
		return false
	}
	r.origin = results.ByUnknown
	r.show(s.outlived)
	r.sayf("RST #%d ended nothing: its side went on after it and was answered, so that it was not of this connection, or not of that side", s.outlived)
	r.leave("port-reuse")
	return true
}
