package wire

// maxSpare is how many flows are kept to be used again.
const maxSpare = 256

// fresh is an empty flow.
func (t *Table) fresh() *flow {
	f := new(flow)
	if last := len(t.spare) - 1; last >= 0 {
		f, t.spare = t.spare[last], t.spare[:last]
	}
	t.charge(f, flowSize+cap(f.tape.events)*eventSize)
	return f
}

// record keeps an event.
func (t *Table) record(f *flow, ev *Event) {
	if _, grown := f.tape.add(ev); grown != 0 {
		t.charge(f, grown)
	}
}

// finish takes a conversation out of the table and tells of it.
func (t *Table) finish(f *flow) {
	t.hangUp(f)
	f.remove()
	delete(t.flows, f.key)
	if t.latest == f {
		t.latest = nil
	}
	t.taken -= int(f.memory)
	if t.cfg.Ended != nil {
		t.cfg.Ended(f.whole())
	}
	if len(t.spare) < maxSpare {
		events := f.tape.events
		clear(events)
		*f = flow{tape: tape{events: events[:0]}}
		t.spare = append(t.spare, f)
	}
}

// whole is the conversation as it stands, for somebody else to keep.
func (f *flow) whole() *Conversation {
	c := f.Conversation
	c.State = f.connState()
	c.Events, c.Head = f.tape.copy()
	c.Omitted = f.tape.lost
	if f.talk != nil {
		c.Exchanges = f.talk.copy(c.Exchanged)
	}
	for way := range f.ends {
		c.Sides[way].Missing -= f.unsure(Way(way))
	}
	return &c
}

// unsure is how much of what is missing may be a FIN in place of payload: one
// number at the very end, of a side whose FIN was not seen.
func (f *flow) unsure(way Way) int64 {
	holes, side := f.ends[way].holes, &f.Sides[way]
	if n := len(holes); n > 0 && side.FINs == 0 && holes[n-1] == (span{side.Sent - 1, side.Sent}) {
		return 1
	}
	return 0
}
