package wire

// A saying is what a line says about the message that it is of.
type saying uint8

const (
	nothing saying = iota // it is not HTTP
	goesOn
	headEnds
	messageEnds
)

// line takes one line of a head, the size of a chunk, or a trailer.
func (t *Table) line(f *flow, way Way, line []byte) saying {
	fr := &f.talk.streams[way].framer
	sense := true
	switch fr.step {
	case startLine: // RFC 9112 section 2.2: ignore empty lines before a request
		sense = len(line) == 0 && way == Up || t.start(f, way, line, true)
	case fieldLine:
		if len(line) == 0 {
			return headEnds
		}
		sense = t.field(f, way, line)
	case chunkSize:
		fr.left, sense = parseChunk(line)
		if fr.step, fr.size = chunkData, 0; fr.left == 0 {
			fr.step = trailerLine
		}
	case chunkEnd:
		fr.step, fr.size = chunkSize, 0
		sense = len(line) == 0
	case trailerLine:
		if len(line) == 0 {
			return messageEnds
		}
	}
	if !sense {
		return nothing
	}
	return goesOn
}

// start takes the first line of a message: whole, or as much as was captured.
func (t *Table) start(f *flow, way Way, line []byte, whole bool) bool {
	fr := &f.talk.streams[way].framer
	h, ok := parseStart(way, line, whole)
	if !ok {
		return false
	}
	f.Protocol = HTTP
	fr.step, fr.torn = fieldLine, !whole
	if way == Up {
		t.request(f, &h)
		h.method, h.target = nil, nil
	} else {
		t.response(f, h.status, line)
	}
	fr.head = h
	return true
}

// headDone decides how the body is delimited (RFC 9112 section 6.3).
func (t *Table) headDone(f *flow, way Way) {
	fr, h := &f.talk.streams[way].framer, &f.talk.streams[way].framer.head
	x := f.talk.at(f.talk.reading[way], f.Exchanged)
	t.drop(f, fr)
	if x != nil {
		x.Announced = x.Announced || h.close || h.old && !h.keep
		if way == Down && h.status == switching {
			x.Status = h.status
		}
	}
	connect := x != nil && x.Method == "CONNECT"
	fr.left, fr.step = max(0, h.length), counted
	switch {
	case way == Down && (h.status == switching || connect && h.status/100 == 2):
		t.complete(f, way)
		t.hush(f) // the connection has left HTTP
		return
	case way == Down && h.status/100 == 1:
		t.interim(f)
		return
	case way == Down && (h.status == 204 || h.status == 304 || x != nil && x.Method == "HEAD"):
		fr.left = 0
	case h.chunked:
		fr.step = chunkSize
		return
	case way == Down && (h.coded || h.length < 0):
		fr.step = untilClose
		return
	}
	if fr.left == 0 {
		t.complete(f, way)
	}
}

// switching is the status of a response after which the connection has left
// HTTP.
const switching = 101

// interim is the end of a response that is not the final one: that is still to
// come, of the same exchange.
func (t *Table) interim(f *flow) {
	k := f.talk
	if x := k.at(k.reading[Down], f.Exchanged); x != nil {
		x.Response = Message{}
		k.next = min(k.next, x.Number)
	}
	k.reading[Down], k.streams[Down].framer.step = 0, startLine
}

// complete ends the message under way.
func (t *Table) complete(f *flow, way Way) {
	fr := &f.talk.streams[way].framer
	number := f.talk.reading[way]
	f.talk.reading[way] = 0
	if x := f.talk.at(number, f.Exchanged); x != nil {
		x.message(way).Whole = !fr.torn
		t.settle(f, x)
	}
	t.drop(f, fr)
	fr.step, fr.torn = startLine, false
}

// nonsense gives up on bytes that are not HTTP. Behind a request they count as
// a response without a head; where nothing was HTTP before, nothing will be.
func (t *Table) nonsense(f *flow, way Way, p *piece) {
	fr := &f.talk.streams[way].framer
	early := way == Down && fr.step == startLine && f.foresees(fr.begin.Ack)
	if f.Protocol == "" && !early {
		t.hush(f)
		return
	}
	if way == Down && fr.step == startLine && (f.talk.next <= f.Exchanged || early && f.Protocol == HTTP) {
		t.response(f, 0, nil)
	}
	t.lose(f, way)
	t.saw(f, way, p, p.end())
	p.cut(p.length)
}

// saw notes that the message under way goes on up to the number end in p.
func (t *Table) saw(f *flow, way Way, p *piece, end int64) {
	if x := f.talk.at(f.talk.reading[way], f.Exchanged); x != nil {
		m := x.message(way)
		m.Last, m.Done, m.End = p.packet, p.at, end
	}
}

// message is what one side sends of an exchange.
func (x *Exchange) message(way Way) *Message {
	if way == Up {
		return &x.Request
	}
	return &x.Response
}
