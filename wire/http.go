package wire

import "bytes"

// A framer finds where the HTTP/1 messages of one side begin and end (RFC 9112).
// It keeps no bytes but an unfinished line. After bytes that were not captured
// it knows where it is if they were of a body, and else waits for a segment that
// begins with a message.
type framer struct {
	step  step
	torn  bool   // part of the message was not captured
	line  []byte // an unfinished line
	size  int    // of the head so far
	left  int64  // bytes left of the body or the chunk
	head  head
	begin Message // where the message begins, until it is known to be one
}

// A step is what a framer expects next.
type step uint8

const (
	lost step = iota // anything; a message may begin where a segment does
	startLine
	fieldLine
	counted    // a body of known length
	untilClose // a body that the end of the connection ends
	chunkSize
	chunkData
	chunkEnd
	trailerLine
	opaque // what is not HTTP/1
)

// Bounds of a head: a line that is longer, and a head that is, make what
// follows not HTTP.
const (
	maxLine = 16 << 10
	maxHead = 256 << 10
)

// http reads a piece of an HTTP/1 stream.
func (t *Table) http(f *flow, way Way, p piece) {
	fr := &f.talk.streams[way].framer
	for len(p.data) > 0 && !f.deaf {
		switch fr.step {
		case opaque:
			return
		case lost:
			if !p.start || !t.begins(f, way, &p) {
				t.saw(f, way, &p, p.end())
				return
			}
			t.complete(f, way)
		case counted, untilClose, chunkData:
			t.body(f, way, &p)
		default:
			t.lines(f, way, &p)
		}
	}
	if step := fr.step; p.length > 0 && !f.deaf && (step == counted || step == untilClose || step == chunkData) {
		t.body(f, way, &p)
	}
	if p.length > 0 && !f.deaf {
		t.gap(f, way, int64(p.length))
		t.saw(f, way, &p, p.end())
	}
}

// body passes over content, by count and not by look.
func (t *Table) body(f *flow, way Way, p *piece) {
	fr := &f.talk.streams[way].framer
	n := p.length // what the capture cut off is content too
	if fr.step != untilClose {
		n = int(min(int64(n), fr.left))
	}
	t.saw(f, way, p, p.seq+int64(n))
	p.cut(n)
	t.pass(f, way, int64(n))
}

// pass counts n bytes of content.
func (t *Table) pass(f *flow, way Way, n int64) {
	fr := &f.talk.streams[way].framer
	if fr.step == untilClose {
		return
	}
	fr.left -= n
	switch {
	case fr.left > 0:
	case fr.step == counted:
		t.complete(f, way)
	default:
		fr.step = chunkEnd
	}
}

// gap is for bytes that were not captured at all.
func (t *Table) gap(f *flow, way Way, n int64) {
	fr := &f.talk.streams[way].framer
	fr.torn = true
	t.tear(f, way)
	if fr.step == counted || fr.step == chunkData || fr.step == untilClose {
		k := n
		if fr.step != untilClose {
			k = min(n, fr.left)
		}
		n -= k
		t.pass(f, way, k)
		fr.torn = fr.torn || n > 0
	}
	if n > 0 && fr.step != opaque && fr.step != untilClose {
		t.partial(f, way)
		t.lose(f, way)
		t.tear(f, way)
	}
}

// tear notes that the message under way is not all in the capture.
func (t *Table) tear(f *flow, way Way) {
	if x := f.talk.at(f.talk.reading[way], f.Exchanged); x != nil {
		x.message(way).Torn = true
	}
}

// lose forgets where in the stream it is: what comes next is part of the message
// under way, or of none, until a segment begins with another one.
func (t *Table) lose(f *flow, way Way) {
	fr := &f.talk.streams[way].framer
	t.drop(f, fr)
	fr.step, fr.torn, f.talk.torn = lost, true, true
	if way == Up {
		t.despair(f)
	}
}

// partial takes an unfinished first line for what can be seen of it.
func (t *Table) partial(f *flow, way Way) {
	fr := &f.talk.streams[way].framer
	if fr.step == startLine && len(fr.line) > 0 {
		t.start(f, way, bytes.TrimSuffix(fr.line, []byte("\r")), false)
	}
}
