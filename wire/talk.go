package wire

import "unsafe"

// A talk is what the payload of a conversation says.
type talk struct {
	streams   [2]stream
	exchanges []Exchange // the last ones, each in the place of its number
	told      [keptExchanges]bool
	next      int      // number of the exchange that the next response answers, if there is one
	ahead     int      // number of the first exchange whose response may stand before its request; 0 if none does
	since     [2]int64 // the least number that a segment must acknowledge to tell of more than the last message of its side did
	reading   [2]int   // numbers of the exchanges whose messages are under way; 0 if none
	torn      bool     // a message was missed since the last response: order alone does not tell what the next one answers
	secrets   secrets  // of TLS
}

// keptExchanges is how many exchanges of a conversation are kept.
const keptExchanges = 16

// listen reads the payload of a segment that was not captured twice.
func (t *Table) listen(f *flow, way Way, s *Segment, ev *Event) {
	if s.Flags.Has(ACK) && f.talk != nil && len(f.talk.streams[1-way].late) > 0 {
		t.prove(f, 1-way)
	}
	if s.Length > 0 && !s.Flags.Has(RST) && !f.deaf && !f.stale(way, ev) {
		way = t.hearken(f, way, s, ev)
	}
	if f.talk != nil && f.Sides[way].FINs > 0 {
		t.closing(f, way)
	}
}

// stale reports whether a segment acknowledges not even the other side's SYN: it
// is of an older connection of the same ports.
func (f *flow) stale(way Way, ev *Event) bool { return ev.Ack == 0 && f.ends[1-way].anchor == moored }

// hearken reads the payload of a segment. It returns which way that goes, as far
// as is known now.
func (t *Table) hearken(f *flow, way Way, s *Segment, ev *Event) Way {
	if !f.certain && f.Protocol == "" {
		if caller, ok := speaker(way, s.Payload); ok && f.dial(caller) {
			way = 1 - way
		}
	}
	if f.talk == nil {
		t.speak(f)
	}
	p := piece{data: s.Payload, length: s.Length, seq: ev.Seq, packet: ev.Packet, at: ev.At, ack: ev.Ack, start: true}
	if s.Flags.Has(SYN) {
		p.seq++
	}
	t.deliver(f, way, p)
	return way
}

// closing ends what only the end of the stream ends, once it is reached.
func (t *Table) closing(f *flow, way Way) {
	st := &f.talk.streams[way]
	if st.begun && st.next == f.Sides[way].FIN.Seq && st.framer.step == untilClose {
		t.complete(f, way)
	}
}

// hush stops listening: what is said is not understood.
func (t *Table) hush(f *flow) {
	f.deaf = true
	for way := range f.talk.streams {
		st := &f.talk.streams[way]
		t.drop(f, &st.framer)
		st.framer.step = opaque
		for i := range st.late {
			t.charge(f, -st.late[i].memory())
		}
		st.late, st.held = nil, 0
	}
}

// hangUp settles what is open at the end of the conversation.
func (t *Table) hangUp(f *flow) {
	if f.talk == nil {
		return
	}
	for way := range f.talk.streams {
		for st := &f.talk.streams[way]; len(st.late) > 0; {
			t.skip(f, Way(way))
		}
		if f.Protocol != TLS && f.Protocol != HTTP2 {
			t.partial(f, Way(way))
		}
	}
	for n := max(1, f.Exchanged-keptExchanges+1); n <= f.Exchanged; n++ {
		t.tell(f, f.talk.at(n, f.Exchanged))
	}
}

// turn swaps the two streams. Nothing has been recognised yet.
func (k *talk) turn() { k.streams[Up], k.streams[Down] = k.streams[Down], k.streams[Up] }

const talkSize = int(unsafe.Sizeof(talk{}))
