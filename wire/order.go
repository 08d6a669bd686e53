package wire

import "unsafe"

// An order is a flow's place in a list.
type order struct {
	in           *list
	older, newer *flow
}

// A list holds flows in the order in which they were last heard of.
type list struct{ oldest, newest *flow }

// append makes f the newest.
func (l *list) append(f *flow) {
	f.order = order{in: l, older: l.newest}
	if l.newest != nil {
		l.newest.newer = f
	} else {
		l.oldest = f
	}
	l.newest = f
}

// remove takes f out of the list it is in.
func (f *flow) remove() {
	l := f.in
	if l == nil {
		return
	}
	if f.older != nil {
		f.older.newer = f.newer
	} else {
		l.oldest = f.newer
	}
	if f.newer != nil {
		f.newer.older = f.older
	} else {
		l.newest = f.older
	}
	f.order = order{}
}

// touch notes that something was heard of f.
func (t *Table) touch(f *flow) {
	f.touched = t.counts.TCP
	l := &t.live
	if f.over() {
		l = &t.ended
	}
	if l.newest == f {
		return
	}
	f.remove()
	l.append(f)
}

// sweep tells of what has ended long enough ago, by the time of the segment at
// hand, and of as much as must go to make room.
func (t *Table) sweep(now int64) {
	for f := t.ended.oldest; f != nil && f.expired(now, t.linger); f = t.ended.oldest {
		t.finish(f)
	}
	for t.taken > t.room && len(t.flows) > 1 {
		f := t.victim()
		if f.Cut = !f.over(); f.Cut {
			t.counts.GivenUp++
		}
		t.finish(f)
	}
}

// haste is how much sooner a conversation that has ended is given up than one
// that is open: what comes late comes soon.
const haste = 16

// victim is the conversation to do without.
func (t *Table) victim() *flow {
	live, ended := t.live.oldest, t.ended.oldest
	if live == nil || ended != nil && (t.counts.TCP-ended.touched)*haste >= t.counts.TCP-live.touched {
		return ended
	}
	return live
}

// memory is what a flow takes.
type memory int

// flowSize is what the least flow takes, its place in the map included.
const flowSize = int(unsafe.Sizeof(flow{})) + 2*int(unsafe.Sizeof(key{})+8)

// charge notes that f takes n bytes more.
func (t *Table) charge(f *flow, n int) {
	f.memory += memory(n)
	t.taken += n
}
