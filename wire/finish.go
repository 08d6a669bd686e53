package wire

// maxSpare is how many flows, and talks, are kept to be used again.
const maxSpare = 256

// fresh is an empty flow.
func (t *Table) fresh() (f *flow) {
	f, t.spare = last(t.spare)
	t.charge(f, flowSize)
	return f
}

// last takes the last of those that are to be used again, or makes one.
func last[T any](spare []*T) (one *T, rest []*T) {
	if n := len(spare) - 1; n >= 0 {
		return spare[n], spare[:n]
	}
	return new(T), spare
}

// speak gives f a talk.
func (t *Table) speak(f *flow) {
	f.talk, t.talks = last(t.talks)
	f.talk.next = 1
	t.charge(f, talkSize)
}

// shelve keeps what f's talk was made of, if there was one, to be used again.
func (t *Table) shelve(k *talk) {
	if k == nil {
		return
	}
	t.exchanges.put(k.exchanges)
	if len(t.talks) < maxSpare {
		*k = talk{}
		t.talks = append(t.talks, k)
	}
}

// record keeps an event.
func (t *Table) record(f *flow, ev *Event) {
	if _, grown := f.tape.add(ev, &t.events); grown != 0 {
		t.charge(f, grown)
	}
}

// finish takes a conversation out of the table and tells of it.
func (t *Table) finish(f *flow) {
	t.hangUp(f)
	f.remove()
	delete(t.flows, f.key)
	if near := &t.lately[f.key.place()]; *near == f {
		*near = nil
	}
	t.taken -= int(f.memory)
	if t.cfg.Ended != nil {
		c := f.whole()
		if !t.cfg.Lend {
			c = c.Clone()
		}
		t.cfg.Ended(c)
	}
	t.events.put(f.tape.events)
	t.shelve(f.talk)
	if len(t.spare) < maxSpare {
		*f = flow{}
		t.spare = append(t.spare, f)
	}
}

// whole is the conversation as it stands. Nothing can be added then.
func (f *flow) whole() *Conversation {
	c := &f.Conversation
	c.State = f.connState()
	c.Events, c.Head = f.tape.order()
	c.Omitted = f.tape.lost
	if f.talk != nil {
		c.Exchanges = f.talk.order(c.Exchanged)
	}
	for way := range f.ends {
		c.Sides[way].Missing -= f.unsure(Way(way))
	}
	return c
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
