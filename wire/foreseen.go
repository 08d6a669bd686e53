package wire

// Neighbours may change places in a capture that several queues or threads have
// written, and a response may stand before its request then. It acknowledges the
// request all the same, and order by acknowledgement beats order of capture.

// foresees reports whether the server acknowledges with ack what the client has
// not been seen to send.
func (f *flow) foresees(ack int64) bool {
	st := &f.talk.streams[Up]
	if !st.begun {
		return ack > 1 || f.Midstream && ack >= 0
	}
	return ack > st.next+1 // the one may be a FIN
}

// foresee notes that an exchange's response stands before its request.
func (f *flow) foresee(x *Exchange) {
	k := f.talk
	if k.ahead == 0 && x.Request.Packet == 0 && f.foresees(x.Response.Ack) {
		k.ahead = x.Number
	}
}

// awaits reports whether the request of an exchange may still come.
func (f *flow) awaits(x *Exchange) bool {
	return x.Request.Packet == 0 && f.talk.ahead != 0 && f.talk.ahead <= x.Number && f.foresees(x.Response.Ack)
}

// asked is the exchange of a request that begins with a relative number: that of
// the oldest response that acknowledges it and waits for it, or else a new one.
func (t *Table) asked(f *flow, seq int64) *Exchange {
	k := f.talk
	for n := max(k.ahead, f.Exchanged-keptExchanges+1); k.ahead > 0 && n <= f.Exchanged; n++ {
		x := k.at(n, f.Exchanged)
		if x.Request.Packet != 0 {
			continue
		}
		if x.Response.Packet == 0 || seq < x.Response.Ack {
			if k.ahead = n + 1; n == f.Exchanged {
				k.ahead = 0
			}
			return x
		}
		t.settle(f, x)
	}
	k.ahead = 0
	return t.exchange(f)
}

// despair gives up waiting for requests that stand behind their responses: they
// may be among what is missing.
func (t *Table) despair(f *flow) {
	k := f.talk
	from := k.ahead
	k.ahead = 0
	for n := max(from, f.Exchanged-keptExchanges+1); from > 0 && n <= f.Exchanged; n++ {
		if x := k.at(n, f.Exchanged); x.Request.Packet == 0 {
			t.settle(f, x)
		}
	}
}

// reframe ends the response under way where only the method of its request,
// which stands behind it, says that it has no body (RFC 9112 section 6.3).
func (t *Table) reframe(f *flow, x *Exchange) {
	fr := &f.talk.streams[Down].framer
	if f.talk.reading[Down] != x.Number || x.Response.End != fr.begin.End || fr.step != counted && fr.step != untilClose && fr.step != chunkSize {
		return
	}
	switch {
	case x.Method == "HEAD":
		t.complete(f, Down)
	case x.Method == "CONNECT" && x.Status/100 == 2:
		t.complete(f, Down)
		t.hush(f)
	}
}
