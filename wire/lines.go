package wire

import "bytes"

// lines reads a line, or what p has of one.
func (t *Table) lines(f *flow, way Way, p *piece) {
	fr := &f.talk.streams[way].framer
	if fr.step == startLine && len(fr.line) == 0 {
		fr.begin = Message{Packet: p.packet, At: p.at, Seq: p.seq, Ack: p.ack}
	}
	i := bytes.IndexByte(p.data, '\n')
	n := i + 1
	if i < 0 {
		n = len(p.data)
	}
	if fr.size += n; fr.size > maxHead || len(fr.line)+n > maxLine {
		t.nonsense(f, way, p)
		return
	}
	line := p.data[:n]
	if len(fr.line) > 0 || i < 0 {
		t.keep(f, fr, line)
		line = fr.line
	}
	said := goesOn
	if i >= 0 {
		said = t.line(f, way, bytes.TrimSuffix(line[:len(line)-1], []byte("\r")))
		fr.line = fr.line[:0]
	} else if fr.step == startLine && !plausible(way, line) {
		said = nothing
	}
	t.heed(f, way, p, n, said)
}

// heed goes on behind the n bytes that were read of p, by what they said.
func (t *Table) heed(f *flow, way Way, p *piece, n int, said saying) {
	if said == nothing {
		t.nonsense(f, way, p)
		return
	}
	fr := &f.talk.streams[way].framer
	fr.begin.Last, fr.begin.Done, fr.begin.End = p.packet, p.at, p.seq+int64(n)
	t.saw(f, way, p, fr.begin.End)
	p.cut(n)
	switch said {
	case headEnds:
		t.headDone(f, way)
	case messageEnds:
		t.complete(f, way)
	}
}

// keep adds to an unfinished line.
func (t *Table) keep(f *flow, fr *framer, b []byte) {
	before := cap(fr.line)
	fr.line = append(fr.line, b...)
	t.charge(f, cap(fr.line)-before)
}

// drop forgets the unfinished line, and the memory that it took.
func (t *Table) drop(f *flow, fr *framer) {
	t.charge(f, -cap(fr.line))
	fr.line, fr.size = nil, 0
}
