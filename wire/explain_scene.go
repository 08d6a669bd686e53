package wire

import "rstorm/results"

// A scene is a conversation with what the rules ask of it.
type scene struct {
	c        *Conversation
	w        Witness
	up, down *Side // what the client and the server sent

	hit    *Exchange // the first request that is not answered whole, or what is seen of it; nil if there is none
	before *Exchange // the last exchange before hit, or of all; nil if there is none
	opaque bool      // the payload is not HTTP/1: a burst of the client's counts as a request, any answer as a whole one

	syn, synAck bool     // whether they were seen
	greeted     bool     // the client has acknowledged something, as it does with a SYN,ACK
	accepted    bool     // the server has answered something that came after its SYN,ACK
	outlived    int      // packet of a RST that ended nothing; 0 if there is none
	older       int      // packet in which the server answers the SYN for another connection; 0 if none
	unheard     [2]int   // by Way: segments repeated since the other side was last heard of
	acked       [2]int64 // by Way: the highest relative number that it has acknowledged
	got         [2]int64 // by Way: the highest relative number, plus one, of a segment that is kept
	known       [2]int64 // by Way: the same of what must have been sent
}

// survey reads a conversation. A scene is a value, because most end well, and
// leave nothing to collect then.
func survey(c *Conversation, w Witness) scene {
	s := scene{c: c, w: w, up: &c.Sides[Up], down: &c.Sides[Down]}
	s.known = [2]int64{s.up.Sent, s.down.Sent}
	s.got = [2]int64{1, 1}
	for i := range c.Events {
		s.hear(&c.Events[i])
	}
	s.outlive()
	if len(c.Exchanges) > 0 {
		s.pick(c.Exchanges)
	} else {
		s.opaque = true
		s.pick(bursts(c))
	}
	return s
}

// hear takes notes of one segment.
func (s *scene) hear(e *Event) {
	if e.Repeat == SeenAgain {
		return
	}
	rst := e.Flags.Has(RST)
	switch {
	case e.Way == Up && e.Flags.Has(SYN):
		s.syn = true
	case e.Way == Up && !rst && e.Flags.Has(ACK):
		s.greeted = true
	case s.strange(e):
		s.older = e.Packet
	case e.Way == Down && e.Flags.Has(SYN|ACK):
		s.synAck = true
	case e.Way == Down && !rst && (e.Ack > 1 || e.Length > 0 || e.Flags.Has(FIN)):
		s.accepted = true
	}
	if e.insists() {
		s.unheard[e.Way]++
	}
	if !rst && (e.Repeat != SentAgain || e.Ack > s.acked[e.Way]) { // who only says the same again has not heard anything
		s.unheard[1-e.Way] = 0
	}
	s.acked[e.Way] = max(s.acked[e.Way], e.Ack)
	if e.Repeat == Fresh && e.Length > 0 { // it goes on: what it repeated has been acknowledged
		s.unheard[e.Way] = 0
	}
	if !rst {
		s.got[e.Way] = max(s.got[e.Way], e.end())
		return
	}
	if s.older != 0 && !s.synAck { // its numbers are those of the older connection
		return
	}
	s.prove(e.Way, e.Seq)
	s.prove(1-e.Way, e.Ack)
}

// insists reports whether a segment is sent again for want of an acknowledgement,
// or to get one, as a keep-alive probe is.
func (e *Event) insists() bool {
	return e.Repeat == SentAgain && !e.Flags.Has(RST)
}

// credible is how far beyond what was seen a RST may prove what was sent. Those of
// others can have any number.
const credible = 1 << 20

// prove takes note of a number that a RST bears. Linux gives it the number that
// the other side has acknowledged.
func (s *scene) prove(way Way, number int64) {
	if number-s.known[way] < credible {
		s.known[way] = max(s.known[way], number)
	}
}

// strange reports whether a segment answers a SYN and does not acknowledge it.
func (s *scene) strange(e *Event) bool {
	return e.Way == Down && s.syn && !s.synAck && !s.accepted && s.got[Up] <= 1 && e.Ack != 1 && (e.Ack == 0 || e.Ack > credible || s.up.Resets > 0 && s.up.Reset.Seq == e.Ack) &&
		e.Flags.Has(ACK) && !e.Flags.Has(RST) && e.Flags&FIN == 0 && e.Length == 0
}

// end is the relative number behind what e brings.
func (e *Event) end() int64 {
	end := e.Seq + int64(e.Length)
	if e.Flags&(SYN|FIN) != 0 && !e.Flags.Has(RST) {
		end++
	}
	return end
}

// connected reports whether the TCP handshake got as far as the server's
// answer.
func (s *scene) connected() bool {
	return s.synAck || s.accepted || s.greeted || s.c.Midstream || s.down.Bytes > 0
}

// reset reports whether anybody sent a RST.
func (s *scene) reset() bool { return s.up.Resets+s.down.Resets > 0 }

// began says who was the first to end it, by its FIN or RST.
func (s *scene) began() (way Way, ended bool) {
	up, down := s.up.end(), s.down.end()
	switch {
	case up.Packet == 0 && down.Packet == 0:
		return Up, false
	case up.Packet == 0, s.down.closedBefore(up):
		return Down, true
	case down.Packet == 0, s.up.closedBefore(down):
		return Up, true
	case down.Packet < up.Packet:
		return Down, true
	}
	return Up, true
}

// ender is who began the end, in the words of reports.
func (s *scene) ender() results.Origin {
	way, ended := s.began()
	switch {
	case !ended:
		return results.ByUnknown
	case way == Down:
		return results.ByDevice
	}
	return results.ByClient
}

// byServer reports whether the server was the first to end it.
func (s *scene) byServer() bool {
	way, ended := s.began()
	return ended && way == Down
}

// event finds a packet of the conversation, nil if it is not kept.
func (s *scene) event(packet int) *Event {
	for i := range s.c.Events {
		if s.c.Events[i].Packet == packet {
			return &s.c.Events[i]
		}
	}
	return nil
}
