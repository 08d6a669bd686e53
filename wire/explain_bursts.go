package wire

// smallest is the payload below which a segment over TLS holds no request: a
// record of its own takes at least 22 bytes, the shortest request of HTTP/1.1
// another 18. What is shorter says goodbye (an alert), or that HTTP/2 lives.
const smallest = 40

// bursts reads payload that can't be read, as exchanges: all that the client
// sends until the server answers is a request, and all that the server sends
// then is a whole answer. It returns the last two, in order.
func bursts(c *Conversation) []Exchange {
	var all []Exchange
	n := 0
	events := c.causal()
	for i := range events {
		e := &events[i]
		if e.Length == 0 || e.Repeat == SeenAgain || e.Repeat == SentAgain || e.Flags&(RST|SYN) != 0 {
			continue
		}
		if housekeeping(c, e) {
			continue
		}
		if e.Way == Down && len(all) == 0 && !c.Midstream {
			continue // a greeting, or a ticket of TLS 1.3
		}
		if e.Way == Up && (len(all) == 0 || all[len(all)-1].Response.Packet != 0) {
			n++
			all = append(all[max(0, len(all)-1):], Exchange{Number: n})
		}
		if len(all) == 0 {
			n++
			all = append(all, Exchange{Number: n})
		}
		last := &all[len(all)-1]
		if e.Way == Up {
			last.Request.add(e)
		} else {
			last.Response.add(e)
		}
	}
	return all
}

// housekeeping reports whether a segment is of the protocol's own business, and
// neither of a request nor of an answer.
func housekeeping(c *Conversation, e *Event) bool {
	switch c.Protocol {
	case TLS:
		return c.Handshake == 0 || e.Packet < c.Handshake || e.Length < smallest
	case HTTP2:
		return e.Says != "" && e.Says != "HEADERS" && e.Says != "DATA" && e.Says != "CONTINUATION"
	}
	return false
}

// murmurs says that the server sent something short, which is taken for the
// protocol's own business, after the last request that was answered. Over TLS it
// may have been HTTP/2's word that there will be no answer.
func (s *scene) murmurs(r *report) {
	after := s.c.Handshake
	if s.before != nil {
		after = max(after, s.before.Response.Last)
	}
	for i := range s.c.Events {
		e := &s.c.Events[i]
		if s.c.Protocol != TLS || e.Way != Down || e.Length == 0 || e.Repeat == SeenAgain || e.Packet <= after || e.Length >= smallest {
			continue
		}
		r.show(e.Packet)
		r.sayf("the payload can't be read: #%d of the server, %d bytes, may have said in HTTP/2 that it ends the request's stream, or the connection", e.Packet, e.Length)
		r.leave("h2-rst-stream", "h2-goaway")
		return
	}
}

// Curt reports whether a server closed a connection of TLS, as the first of the
// two, and without a record of its own that could be the goodbye that TLS
// demands (close_notify, RFC 8446 section 6.1). Its last answer may have been
// cut, which the payload does not tell.
func Curt(c *Conversation) bool {
	fin, up := &c.Sides[Down].FIN, &c.Sides[Up]
	if c.Protocol != TLS || c.Handshake == 0 || fin.Packet == 0 || up.ending() != 0 && up.ending() < fin.Packet {
		return false
	}
	for i := len(c.Events) - 1; i >= 0; i-- {
		if e := &c.Events[i]; e.Way == Down && e.Length > 0 && e.Repeat != SeenAgain && !e.Flags.Has(RST) {
			return e.Length >= smallest && e.Says != "alert"
		}
	}
	return false
}

// add puts a segment behind what there is of a message, which is then whole for
// all that can be known.
func (m *Message) add(e *Event) {
	if m.Packet == 0 {
		*m = Message{Packet: e.Packet, At: e.At, Seq: e.Seq, Ack: e.Ack, Whole: true}
	}
	m.Last, m.Done, m.End = e.Packet, e.At, max(m.End, e.end())
	if e.Flags.Has(FIN) {
		m.End = e.Seq + int64(e.Length)
	}
}
