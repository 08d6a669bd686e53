package wire

import (
	"cmp"
	"slices"
	"time"
)

// A Table puts packets together into conversations. A segment of a conversation
// that it has told of already begins another one, in mid-stream. It is not safe
// for concurrent use.
type Table struct {
	cfg    Config
	kept   int // events of each conversation
	linger time.Duration
	room   int // bytes that flows may take
	counts Counts

	flows     map[key]*flow
	lately    [lately]*flow // those that segments came of lately, each in the place of its key
	live      list          // conversations that have not ended
	ended     list
	taken     int     // bytes that flows take, about
	spare     []*flow // to be used again, as are:
	talks     []*talk
	events    shelf[Event]
	exchanges shelf[Exchange]
	twins     twins
	words     words
	seg       Segment
	scratch   []byte
}

// The defaults of a [Config].
const (
	defaultLinger = time.Minute
	defaultMemory = 48 << 20
	defaultEvents = 64
)

// NewTable makes an empty table.
func NewTable(cfg Config) *Table {
	t := &Table{cfg: cfg, linger: cfg.Linger, room: cfg.Memory, kept: cfg.Events, flows: map[key]*flow{}}
	t.linger = cmp.Or(t.linger, defaultLinger)
	t.room = cmp.Or(t.room, defaultMemory)
	t.kept = max(cmp.Or(t.kept, defaultEvents), 2)
	return t
}

// Add takes a packet into its conversation, if it has one. What p points to is
// not kept.
func (t *Table) Add(p *Packet) {
	switch Decode(p, &t.seg) {
	case IsTCP:
		t.AddSegment(p, &t.seg)
		t.seg.Payload = nil
		return
	case IsOther:
		t.counts.Other++
	case IsFragment:
		t.counts.Fragments++
	case IsShort:
		t.counts.Short++
	case IsMalformed:
		t.counts.Malformed++
	}
	t.counts.Packets++
}

// AddSegment is [Table.Add] for a packet that was decoded before.
func (t *Table) AddSegment(p *Packet, s *Segment) {
	t.counts.Packets++
	t.counts.TCP++
	k, swapped := keyOf(s)
	near := &t.lately[k.place()]
	f := *near
	if f == nil || f.key != k {
		f = t.flows[k]
	}
	if f != nil && f.reused(f.way(swapped), s) {
		t.finish(f)
		f = nil
	}
	if f == nil {
		f = t.begin(&k, swapped, p, s)
	}
	*near = f
	t.take(f, f.way(swapped), p, s)
	t.touch(f)
	t.sweep(p.At)
}

// Flush ends all conversations, as the end of a capture does: those that had not
// ended are Cut. They are told of in the order of their numbers. The table may
// be used again.
func (t *Table) Flush() {
	all := make([]*flow, 0, len(t.flows))
	for _, f := range t.flows {
		all = append(all, f)
	}
	slices.SortFunc(all, func(a, b *flow) int { return cmp.Compare(a.Number, b.Number) })
	for _, f := range all {
		f.Cut = !f.over()
		t.finish(f)
	}
}

// Counts says what became of the packets so far.
func (t *Table) Counts() Counts { return t.counts }
