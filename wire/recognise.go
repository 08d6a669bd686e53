package wire

import "bytes"

// speaker tells by payload that begins a segment who called: clients request and
// say hello, servers respond. way is that of the segment, caller that of the
// client.
func speaker(way Way, b []byte) (caller Way, ok bool) {
	switch {
	case isRequest(b), isHello(b, clientHello), bytes.HasPrefix(b, []byte(preface)):
		return way, true
	case isResponse(b), isHello(b, serverHello):
		return 1 - way, true
	}
	return way, false
}

// interpret reads a piece of a stream in order, by what was recognised.
func (t *Table) interpret(f *flow, way Way, p piece) {
	if f.Protocol == "" {
		t.recognise(f, way, &p)
	}
	switch {
	case f.deaf:
	case f.Protocol == TLS:
		t.records(f, way, p)
	case f.Protocol == HTTP2:
		t.h2(f, way, p)
	default:
		t.http(f, way, p)
	}
}

// recognise takes the first bytes of a connection for what they say. HTTP/1 it
// leaves to those who read it: it may come a byte at a time. In mid-stream only
// what begins a segment can be recognised.
func (t *Table) recognise(f *flow, way Way, p *piece) {
	fr := &f.talk.streams[way].framer
	first := p.seq == 1 && f.ends[way].anchor == moored
	switch {
	case !first && (fr.step != lost || !p.start):
	case isRecord(p.data, first):
		f.Protocol = TLS
	case bytes.HasPrefix(p.data, []byte(preface)):
		f.Protocol = HTTP2
	case way == Down && first && isSettings(p.data):
		f.Protocol = HTTP2
	}
}

// miss tells the readers of a stream that bytes of it were not captured.
func (t *Table) miss(f *flow, way Way, gap int64) {
	switch f.Protocol {
	case TLS, HTTP2:
		f.talk.streams[way].frames.miss(gap)
	default:
		t.gap(f, way, gap)
	}
}
