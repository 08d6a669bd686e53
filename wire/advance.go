package wire

// anchor lets the relative numbers of both ends rest on what s says of them,
// where that is better than what they rest on.
func (f *flow) anchor(way Way, s *Segment) {
	e, peer := &f.ends[way], &f.ends[1-way]
	switch {
	case s.Flags.Has(SYN) && s.Seq == e.isn && e.anchor >= inferred:
		e.anchor = moored
	case s.Flags.Has(SYN):
		if e.anchor < moored || f.Sides[way].Sent <= 1 {
			f.moor(way, s.Seq, moored)
		}
	case s.Flags.Has(RST):
		if e.anchor == afloat {
			e.moor(s.Seq-1, stray)
		}
	case e.anchor < inferred:
		f.moor(way, s.Seq-1, inferred)
	}
	if s.Flags.Has(ACK) && peer.anchor < inferred {
		f.moor(1-way, s.Ack-1, inferred)
	}
}

// moor anchors one end anew.
func (f *flow) moor(way Way, isn uint32, by anchor) {
	side := &f.Sides[way]
	f.ends[way].moor(isn, by)
	side.Sent, side.Acked, side.Missing = 1, 0, 0
}

// acknowledged is what s acknowledges, as a relative number of the other end;
// -1 if nothing. What is older than the capture counts as 0.
func (f *flow) acknowledged(way Way, s *Segment) int64 {
	if !s.Flags.Has(ACK) {
		return -1
	}
	return max(0, f.ends[1-way].relative(s.Ack, f.Sides[1-way].Sent))
}

// advance brings what is known of both ends' streams up to date with a segment
// that was not captured twice, and says how it relates to those before.
func (f *flow) advance(way Way, ev *Event) Repeat {
	f.hear(way, ev)
	if ev.Flags.Has(RST) {
		return Fresh
	}
	side, e := &f.Sides[way], &f.ends[way]
	from, to := ev.Seq, ev.Seq+int64(ev.Length)
	if ev.Flags.Has(SYN) {
		again := e.called
		e.called = true
		if !again && side.Acked > 0 {
			f.Shuffled++
		}
		if ev.Length == 0 && !ev.Flags.Has(FIN) {
			return repeated(again)
		}
		from, to = from+1, to+1
	}
	if ev.Flags.Has(FIN) {
		to++
	}
	if from == to { // one number too low, it is a keep-alive probe (RFC 9293 section 3.8.4)
		return repeated(from == side.Sent-1 && from > 0 && (side.FIN.Packet == 0 || from != side.FIN.Seq))
	}
	missing, r := e.extend(from, to, side.Sent)
	side.Missing += missing
	side.Sent = max(side.Sent, to)
	if r == OutOfOrder && from < side.Acked || r != SentAgain && f.ended(ev.Way, to) {
		f.Shuffled++
	}
	return r
}

// ended reports whether a RST was seen of one who knew what a side sends up to a
// number: the other end, which acknowledged it, or its own, which followed it.
func (f *flow) ended(way Way, to int64) bool {
	own, other := &f.Sides[way].Reset, &f.Sides[1-way].Reset
	return own.Packet != 0 && own.Seq == to || other.Packet != 0 && other.Ack >= to
}

// repeated names a segment without payload.
func repeated(again bool) Repeat {
	if again {
		return SentAgain
	}
	return Fresh
}

// hear takes in what ev acknowledges. It also proves what the other end must
// have sent; but not before that end has shown that it knows of this connection:
// an acknowledgement that answers a SYN for another one (RFC 5961 section 4)
// proves nothing.
func (f *flow) hear(way Way, ev *Event) {
	side, e := &f.Sides[1-way], &f.ends[1-way]
	if ev.Ack > side.Sent {
		if ev.Flags.Has(RST) || !f.Midstream && f.ends[way].anchor != moored || ev.Ack-side.Sent > maxWindow {
			return
		}
		missing, _ := e.extend(ev.Ack, ev.Ack, side.Sent)
		side.Missing += missing
		side.Sent = ev.Ack
	}
	side.Acked = max(side.Acked, ev.Ack)
}

// maxWindow is the most that can be under way (RFC 7323 section 2.3).
const maxWindow = 1 << 30
