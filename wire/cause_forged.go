package wire

import "rstorm/results"

// firstReset is the way of the conversation's first RST.
func (s *scene) firstReset() (Way, bool) {
	up, down := s.up.Reset.Packet, s.down.Reset.Packet
	if down != 0 && (up == 0 || down < up) {
		return Down, true
	}
	return Up, up != 0
}

// foreignTTL recognises a forged RST by its TTL.
func foreignTTL(s *scene, r *report) bool {
	way, ok := s.firstReset()
	if !ok || s.reason(way) != nil {
		return false
	}
	e, usual := s.event(s.c.Sides[way].Reset.Packet), s.c.Sides[way].TTL
	if e == nil || usual == 0 || e.TTL == usual {
		return false
	}
	r.origin = results.ByLink
	r.sayf("RST #%d came with TTL %d, the other segments of %s with TTL %d: something between the two sent it", e.Packet, e.TTL, side(way), usual)
	return true
}

// How far the IP identifications of one socket lie apart, where they count: at
// most stride within the conversation, and at least alien to be another's.
const (
	stride = 16
	alien  = 1024
)

// foreignID suspects a RST whose IP identification is out of its host's row. The
// RST must look as if it came from the connection's own socket: Linux gives
// those that answer strays another row.
func foreignID(s *scene, r *report) bool {
	way, ok := s.firstReset()
	if !ok || s.reason(way) != nil {
		return false
	}
	e := s.event(s.c.Sides[way].Reset.Packet)
	if e == nil || !e.Flags.Has(ACK) || !s.connected() {
		return false
	}
	last, counted := s.row(way, e.Packet)
	if d := e.ID - last; !counted || d < alien || -d < alien {
		return false
	}
	r.origin = results.ByUnknown
	r.sayf("RST #%d has the IP identification %d, where %s had counted up to %d: something between the two may have sent it", e.Packet, e.ID, side(way), last)
	r.goOn = true
	return true
}

// row is the last IP identification of a side before a packet, and whether its
// identifications count up.
func (s *scene) row(way Way, before int) (last uint16, counted bool) {
	n := 0
	for i := range s.c.Events {
		e := &s.c.Events[i]
		if e.Way != way || e.Packet >= before || e.Flags.Has(RST) || e.Repeat == SeenAgain {
			continue
		}
		if n > 0 && s.c.Shuffled > 0 && last-e.ID < stride {
			continue
		}
		if n > 0 && e.ID-last-1 >= stride {
			return 0, false
		}
		last = e.ID
		n++
	}
	return last, n >= 3
}

// side names the sender of what goes a way.
func side(way Way) string {
	if way == Up {
		return "the client"
	}
	return "the server"
}
