package device

import (
	"cmp"
	"slices"

	"rstorm/faults"
)

// wire is an answer as it stands on the wire, and how far it has got.
type wire struct {
	text []byte
	sent int // bytes of it
	head int // its length

	// Where the content is: chunks have lead bytes of framing before it, and
	// gap bytes behind its first cut bytes. Without chunks all three are 0.
	content        int
	lead, cut, gap int
}

// compose writes a, in the space of the answer before.
func (w *wire) compose(a *answer) {
	text, content := a.append(w.text[:0])
	*w = wire{text: text, head: len(text), content: len(content)}
	if a.breach().chunked {
		w.chunk(content, a.malformed)
		return
	}
	w.text = append(w.text, content...)
}

// upTo is how far the text goes when n bytes of content have passed.
func (w *wire) upTo(n int64) int {
	passed := int(min(n, int64(w.content)))
	at := w.head + passed
	if passed > 0 {
		at += w.lead
	}
	if passed > w.cut {
		at += w.gap
	}
	return at
}

// place is how far the text goes when s strikes.
func (w *wire) place(s faults.Strike) int {
	switch s.Effect {
	case faults.Dribble:
		return 0
	case faults.Malform:
		return w.breaks(s.Fault)
	}
	return w.upTo(s.Bytes)
}

// say writes an answer in one piece.
func (c *connection) say(a answer) (over bool) {
	c.out.compose(&a)
	return c.pass(len(c.out.text))
}

// send writes the answer in one piece, or in as many as within cuts it into,
// and carries each of within out in its place.
func (c *connection) send(a answer, within []faults.Strike) (over bool) {
	if i := slices.IndexFunc(within, malforms); i >= 0 {
		a.malformed = within[i].Fault
	}
	c.out.compose(&a)
	slices.SortStableFunc(within, func(s, t faults.Strike) int { return cmp.Compare(c.out.place(s), c.out.place(t)) })
	for i, s := range within {
		if c.pass(c.out.place(s)) || c.suffer(within[i:i+1]) {
			return true
		}
	}
	return c.pass(len(c.out.text))
}

// pass writes the answer as far as that, if it has not got there yet.
func (c *connection) pass(upTo int) (over bool) {
	part := c.out.text[c.out.sent:max(c.out.sent, upTo)]
	c.out.sent += len(part)
	return c.write(part)
}

func (c *connection) write(b []byte) (over bool) {
	if len(b) == 0 {
		return false
	}
	if _, err := c.stream.Write(b); err != nil {
		return c.lost(err)
	}
	return false
}
