package portrait

import (
	"cmp"

	"rstorm/results"
	"rstorm/wire"
)

// A thread is one open conversation as its exchanges come in.
type thread struct {
	server      *server
	first, last int    // commands in the repertoire
	command     string // id of the last one
	requests    int
	answers     int   // whole ones
	done        int64 // when the last whole answer had come; 0 before
	announced   bool  // it, or its request, said that the connection ends
	open        wire.Message
	pending     bool           // the last request has no whole answer
	begun       bool           // but some of it
	paused      int64          // from the answer before to the last request; -1 if unknown
	active      int64          // when last something of an exchange was seen
	late        *wire.Exchange // answered when its client had closed: whether that still waited is known at the end
}

// hear measures an exchange, at once or at the end.
func (t *thread) hear(c *wire.Conversation, x *wire.Exchange) {
	left := first(c.Sides[wire.Up].FIN, c.Sides[wire.Up].Reset)
	if t.late == nil && left.Packet > 0 && x.Response.Packet > left.Packet {
		late := *x
		t.late = &late
		return
	}
	t.take(x)
}

// settle measures the exchange that was put off. An answer that met a client
// which had given up is none.
func (t *thread) settle(f *results.Finding) {
	if t.late == nil {
		return
	}
	if f.Cause == "client-abort" && f.Phase == results.PhaseWait {
		t.late.Response, t.late.Status = wire.Message{}, 0
	}
	t.take(t.late)
}

// take measures an exchange.
func (t *thread) take(x *wire.Exchange) {
	s := t.server
	whole := x.Response.Whole && x.Response.Packet > 0
	t.paused = -1
	if x.Request.Packet > 0 {
		t.request(x)
	}
	t.pending, t.begun, t.open = !whole, x.Response.Packet > 0, x.Request
	t.active = max(t.active, x.Request.Done, x.Response.Done)
	if x.Response.Packet == 0 {
		return
	}
	if x.Request.Packet > 0 && x.Response.At >= x.Request.Done {
		s.service.add(x.Response.At - x.Request.Done)
	}
	if !whole {
		return
	}
	s.answers++
	t.answers++
	t.done, t.announced = x.Response.Done, x.Announced
	s.answerSize.add(x.Response.End - x.Response.Seq)
	if x.Status >= 200 && x.Status < 300 {
		s.succeeded++
	} else if x.Status >= 300 {
		s.statuses.add(x.Status)
	}
	s.closing.answered(x.Announced, t.paused)
}

// request measures an exchange's request and what was before it.
func (t *thread) request(x *wire.Exchange) {
	s := t.server
	s.requests++
	t.requests++
	size := x.Request.End - x.Request.Seq
	s.requestSize.add(size)
	if t.done > 0 && x.Request.At >= t.done {
		t.paused = x.Request.At - t.done
		s.gap.add(t.paused)
	}
	is := s.commands.meet(x.Method, x.Target, size)
	again := x.Command != "" && x.Command == t.command
	if t.first == none {
		t.first = is
	} else if !again {
		s.commands.follow(t.last, is)
	}
	t.last, t.command = is, x.Command
}

// end measures how the conversation went, once its exchanges are in.
func (t *thread) end(c *wire.Conversation, f *results.Finding) {
	s := t.server
	t.settle(f)
	switch {
	case t.requests > 1:
		s.several++
	case t.requests == 1:
		s.oneEach++
	}
	ending := t.ending(c, f)
	s.closing.add(&ending)
	hit := strikeOf(f, &ending)
	if hit != nothing {
		s.struck[hit]++
	}
	if hit == silence && t.requests <= 1 {
		s.firstStruck++
	}
	if ending.kind != unclosed && t.pending && !t.begun {
		s.unanswered++
	}
	t.listen(c, f)
	s.visits.add(visit{client: c.Client.Addr(), began: c.Began, until: t.until(c), first: t.first, last: t.last,
		refused: hit == refusal, failed: t.pending || f.Cause != "" && t.requests == 0})
}

// listen learns from a request that was not answered: how long its RST took,
// and how long its client waited.
func (t *thread) listen(c *wire.Conversation, f *results.Finding) {
	s, up, down := t.server, &c.Sides[wire.Up], &c.Sides[wire.Down]
	if !t.pending || t.begun || t.open.Packet == 0 {
		return
	}
	sent := t.open.Done
	stray := f.Cause == "close-race" || f.Cause == "stale-reuse"
	if stray && down.Reset.Packet > 0 && down.Reset.At > sent {
		s.echo.add(down.Reset.At - sent)
	}
	if f.Cause == "close-race" && down.FIN.Packet > 0 && down.FIN.At > t.open.At {
		s.crossing = max(s.crossing, down.FIN.At-t.open.At)
	}
	left := cmp.Or(up.FIN.At, up.Reset.At)
	if end := first(down.FIN, down.Reset); left > sent && (end.Packet == 0 || end.At > left) {
		s.patience.add(left - sent)
	}
}

// until is when the client was done with the conversation, or could have been.
func (t *thread) until(c *wire.Conversation) int64 {
	if t.requests > 0 && !t.pending {
		return t.active
	}
	until := c.Ended
	for _, m := range []wire.Mark{c.Sides[wire.Up].FIN, c.Sides[wire.Up].Reset, c.Sides[wire.Down].Reset} {
		if m.Packet > 0 && m.At >= t.active {
			until = min(until, m.At)
		}
	}
	return until
}
