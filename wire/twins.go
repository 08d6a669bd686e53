package wire

// twins finds packets that were captured twice: on their way out and on their
// way in, as on a loopback interface, or on several interfaces. It remembers
// the last packets of the whole table, each in a pair of slots that its numbers
// choose; what a pair forgets too soon goes unnoticed as a twin.
type twins [1 << 10][2]sighting

// A sighting is a packet that may be seen again.
type sighting struct {
	sum   uint64 // of all that twins share
	at    int64
	port  int32 // interface
	out   uint8 // copies that left and were not seen to arrive
	named bool  // its IPv4 header has an id
}

// within is how far apart twins may be: farther than a bridge or a router takes,
// closer than a retransmission (200 ms, Linux TCP_RTO_MIN).
const within = 100_000_000

// seen reports whether p, of the conversation number, was captured before. Equal
// segments are two packets unless the capture says that one left and the other
// arrived, or that they passed different interfaces, or they bear the same id: a
// kernel that sends three RSTs to one end makes them equal and gives none of
// them an id.
func (t *twins) seen(number int, way Way, p *Packet, s *Segment) bool {
	sum := mix(mix(1, uint64(number)<<1|uint64(way)), uint64(s.Seq)<<32|uint64(s.Ack))
	sum = mix(sum, uint64(s.ID)<<48|uint64(s.Window)<<32|uint64(s.Flags)<<24|uint64(s.Length)&0xffffff)
	pair := &t[sum>>32%uint64(len(t))]
	slot, port := &pair[0], int32(p.Interface)
	if !slot.near(sum, p.At) {
		slot = &pair[1]
	}
	switch {
	case !slot.near(sum, p.At):
		pair[1] = pair[0]
		pair[0] = sighting{sum: sum, at: p.At, port: port, named: s.ID != 0}
		slot = &pair[0]
	case slot.named:
		return true
	case !s.Outgoing && slot.out > 0:
		slot.out--
		return true
	case port != slot.port:
		return true
	}
	slot.at = p.At
	slot.leave(s)
	return false
}

// near reports whether a packet with this sum and time may be a twin.
func (s *sighting) near(sum uint64, at int64) bool {
	apart := at - s.at
	return s.sum == sum && -within <= apart && apart <= within
}

// leave notes a copy that is to arrive yet, if seg is one.
func (s *sighting) leave(seg *Segment) {
	if seg.Outgoing && s.out < 255 {
		s.out++
	}
}

// mix folds v into h; it spreads what differs in few bits.
func mix(h, v uint64) uint64 {
	h = (h ^ v) * 0x9e3779b97f4a7c15
	return h ^ h>>29
}
