package wire

import "time"

// A flow is a conversation under way.
type flow struct {
	Conversation // Events and Exchanges are put in at its end
	key          key
	swapped      bool    // the client is the higher end of key
	certain      bool    // who called is known, not inferred
	onlySYN      bool    // the client has sent a SYN and nothing but RST and payload since
	reset        [2]bool // by Way: its side sent a RST, and has not gone on since
	ends         [2]end
	memory       memory
	tape         tape
	talk         *talk // what the payload says; nil if there was none, or none that is understood
	deaf         bool  // the payload is not understood

	order       // of activity
	touched int // segments that the table had when it was last heard of
}

// take takes a segment into its conversation.
func (t *Table) take(f *flow, way Way, p *Packet, s *Segment) {
	if f.Midstream && s.Flags.Has(SYN) {
		way = f.greet(way, s)
	}
	side, e := &f.Sides[way], &f.ends[way]
	f.Ended = p.At
	side.Packets++
	side.Bytes += int64(s.Length)
	side.Wire += int64(max(p.Length, len(p.Data)))
	twin := t.twins.seen(f.Number, way, p, s)
	f.anchor(way, s)
	ev := Event{Packet: p.Number, At: p.At, Way: way, Flags: s.Flags, TTL: s.TTL, ID: s.ID, Window: s.Window, Options: s.Options, Length: s.Length}
	ev.Seq, ev.Ack = e.relative(s.Seq, side.Sent), f.acknowledged(way, s)
	if twin {
		ev.Repeat = SeenAgain
		side.Duplicates++
	} else {
		ev.Repeat = f.advance(way, &ev)
		f.transit(way, s)
	}
	if ev.Repeat == SentAgain || ev.Repeat == SeenAgain {
		side.Repeats++
	}
	f.mark(side, &ev)
	f.toll(&ev)
	t.record(f, &ev)
	if !twin && !f.deaf {
		t.listen(f, way, s, &ev)
	}
}

// mark counts FINs and RSTs, and notes where the first ones stand.
func (f *flow) mark(side *Side, ev *Event) {
	if ev.Flags.Has(FIN) {
		side.FINs++
		if side.FIN.Packet == 0 {
			side.FIN = Mark{ev.Packet, ev.At, ev.Seq + int64(ev.Length), ev.Ack}
		}
	}
	if ev.Flags.Has(RST) {
		side.Resets++
		if side.Reset.Packet == 0 {
			side.Reset = Mark{ev.Packet, ev.At, ev.Seq, ev.Ack}
		}
	} else {
		side.TTL = ev.TTL
	}
}

// toll notes a RST, and whether its side goes on after it: then the RST was of
// somebody else, or of an older connection of the same ports (RFC 5961 section
// 4), and has ended nothing.
func (f *flow) toll(ev *Event) {
	switch {
	case ev.Repeat == SeenAgain:
	case ev.Flags.Has(RST):
		f.reset[ev.Way] = true
	case f.reset[ev.Way] && (ev.Flags.Has(SYN) || ev.Length > 0 && ev.Repeat == Fresh):
		f.reset[ev.Way] = false
	}
}

// over reports whether the conversation has ended: nothing new can come.
func (f *flow) over() bool {
	return f.reset[Up] || f.reset[Down] || f.Sides[Up].FINs > 0 && f.Sides[Down].FINs > 0
}

// reused reports whether a segment begins another connection on the ports of f:
// it is a SYN with another number. So does Wireshark.
func (f *flow) reused(way Way, s *Segment) bool {
	if !s.Flags.Has(SYN) || s.Flags.Has(ACK) {
		return false
	}
	e := &f.ends[way]
	return e.anchor != afloat && s.Seq != e.isn
}

// begin starts a conversation with its first segment.
func (t *Table) begin(k *key, swapped bool, p *Packet, s *Segment) *flow {
	f := t.fresh()
	f.Number = t.counts.Conversations
	t.counts.Conversations++
	f.Began, f.key = p.At, *k
	f.tape.limit = t.kept
	f.Client, f.Server, f.swapped = s.Source, s.Target, swapped
	f.certain, f.Midstream = s.Flags.Has(SYN), !s.Flags.Has(SYN)
	if t.called(f, s) {
		f.turn()
	}
	f.onlySYN = s.Flags&(SYN|ACK) == SYN
	t.flows[*k] = f
	return f
}

// expired reports whether an ended conversation has been kept long enough.
func (f *flow) expired(now int64, linger time.Duration) bool { return now-f.Ended > int64(linger) }
