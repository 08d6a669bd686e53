package wire

import (
	"slices"
	"unsafe"
)

// A piece is payload of one segment, or what is left of it.
type piece struct {
	data   []byte // as far as it was captured
	length int    // on the wire
	seq    int64  // relative number of its first byte
	start  bool   // it begins where the segment's payload does
	packet int
	at     int64
	ack    int64
}

// end is the relative number behind the piece.
func (p *piece) end() int64 { return p.seq + int64(p.length) }

// cut takes the first n bytes off.
func (p *piece) cut(n int) {
	p.data = p.data[min(n, len(p.data)):]
	p.length -= n
	p.seq += int64(n)
	p.start = false
}

// memory is what a copy of the piece takes.
func (p *piece) memory() int { return len(p.data) + int(unsafe.Sizeof(*p)) }

// A stream puts the payload of one side in order.
type stream struct {
	begun  bool
	next   int64   // relative number of the first byte that was not read
	late   []piece // beyond a gap, in order
	held   int     // bytes of late
	framer framer
	frames frames
}

// maxHeld bounds what is held beyond a gap. What is not filled by then counts as
// missing.
const maxHeld = 64 << 10

// deliver reads p, if it is next, and what was held until then; or holds it.
func (t *Table) deliver(f *flow, way Way, p piece) {
	st := &f.talk.streams[way]
	if !st.begun {
		st.begun, st.next = true, p.seq
		if f.ends[way].anchor == moored {
			st.next, st.framer.step = 1, startLine
		}
	}
	switch {
	case p.end() <= st.next:
		return
	case p.seq > st.next:
		t.hold(f, way, p)
		if st.held > maxHeld {
			t.skip(f, way)
		} else {
			t.prove(f, way)
		}
		return
	case p.seq < st.next:
		p.cut(int(st.next - p.seq))
	}
	t.read(f, way, p)
	if len(st.late) > 0 {
		t.release(f, way)
	}
}

// read reads p, which is next.
func (t *Table) read(f *flow, way Way, p piece) {
	f.talk.streams[way].next = p.end()
	if !f.deaf {
		t.interpret(f, way, p)
	}
}

// hold keeps a copy of p.
func (t *Table) hold(f *flow, way Way, p piece) {
	st := &f.talk.streams[way]
	p.data = slices.Clone(p.data)
	at, _ := slices.BinarySearchFunc(st.late, p.seq, func(q piece, seq int64) int { return int(min(max(q.seq-seq, -1), 1)) })
	st.late = slices.Insert(st.late, at, p)
	st.held += p.memory()
	t.charge(f, p.memory())
}

// release reads what was held, as far as it is next.
func (t *Table) release(f *flow, way Way) {
	st := &f.talk.streams[way]
	for len(st.late) > 0 && st.late[0].seq <= st.next {
		p := st.late[0]
		st.late = st.late[1:]
		st.held -= p.memory()
		t.charge(f, -p.memory())
		if p.end() > st.next {
			p.trim(st.next)
			t.read(f, way, p)
		}
	}
	if len(st.late) == 0 {
		st.late = nil
	}
}

// trim takes off what lies before a relative number.
func (p *piece) trim(seq int64) {
	if p.seq < seq {
		p.cut(int(seq - p.seq))
	}
}

// prove gives up waiting for gaps that the other end has acknowledged: it got
// what belongs there, so the capture missed it.
func (t *Table) prove(f *flow, way Way) {
	st := &f.talk.streams[way]
	for len(st.late) > 0 && f.Sides[way].Acked >= st.late[0].seq {
		t.skip(f, way)
	}
}

// skip gives up waiting for what lies before the first piece held.
func (t *Table) skip(f *flow, way Way) {
	st := &f.talk.streams[way]
	gap := st.late[0].seq - st.next
	st.next = st.late[0].seq
	if gap > 0 && !f.deaf {
		t.miss(f, way, gap)
	}
	t.release(f, way)
}
