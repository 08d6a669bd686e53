package wire

// way is the direction of a segment of f, by whether its source is the higher
// end of its key.
func (f *flow) way(swapped bool) Way {
	if swapped == f.swapped {
		return Up
	}
	return Down
}

// called reports whether the first segment of f comes from its server. A SYN is
// from the client, the answer to one is not. Without either, a known server
// decides, else the lower port: the operating system chooses those of clients
// from the upper ones.
func (t *Table) called(f *flow, s *Segment) bool {
	if f.certain {
		return s.Flags.Has(ACK)
	}
	if t.cfg.Serves != nil {
		source, target := t.cfg.Serves(s.Source), t.cfg.Serves(s.Target)
		if f.certain = source != target; f.certain {
			return source
		}
	}
	return s.Source.Port() < s.Target.Port()
}

// turn makes the server the client, and all that was noted of them with it.
func (f *flow) turn() {
	f.Client, f.Server = f.Server, f.Client
	f.swapped = !f.swapped
	f.Sides[Up], f.Sides[Down] = f.Sides[Down], f.Sides[Up]
	f.ends[Up], f.ends[Down] = f.ends[Down], f.ends[Up]
	f.reset[Up], f.reset[Down] = f.reset[Down], f.reset[Up]
	f.tape.turn()
	if f.talk != nil {
		f.talk.turn()
	}
}

// dial settles who called, where it was only inferred: way is that of the
// client. It reports whether that turned the conversation.
func (f *flow) dial(way Way) bool {
	turned := way == Down && !f.certain
	if turned {
		f.turn()
	}
	f.certain = true
	return turned
}

// greet lets a SYN that was captured late settle who called. It returns which
// way the segment goes, as far as is known now.
func (f *flow) greet(way Way, s *Segment) Way {
	f.Midstream = false
	caller := way
	if s.Flags.Has(ACK) {
		caller = 1 - way
	}
	if f.Protocol == "" && f.dial(caller) {
		return 1 - way
	}
	return way
}
