package portrait

import (
	"rstorm/results"
	"rstorm/wire"
)

// An ending is how a server ended a conversation behind an answer.
type ending struct {
	kind    endingKind
	meeting meeting
	after   int64
	pause   int64 // before the request that it hit; -1 if it hit none
	held    int64 // from that request's end
	answers int
	spared  bool // the last answer was followed by no request, and by no closing of the server
}

// An endingKind is a way to end a connection behind an answer.
type endingKind int

const (
	unclosed endingKind = iota
	silently            // closed without a word
	unread              // the same, on a request that lay unread: or reset instead of answering it, which looks alike
	announcedly
	abortively // reset
	draining   // its sending side only
	endingKinds
)

// A meeting is what becomes of the request that comes after the last answer.
type meeting int

const (
	spares   meeting = iota // there was none
	crosses                 // it crossed the FIN
	collides                // it lay unread
	tooLate                 // the FIN had come before it was sent
	meetings
)

// endings reads the two from the cause that was found. What is not here is no
// closing behind an answer.
var endings = map[string]struct {
	kind    endingKind
	meeting meeting
}{
	"":                     {silently, spares},
	"close-race":           {silently, crosses},
	"close-collision":      {unread, collides},
	"stale-reuse":          {silently, tooLate},
	"idle-timeout-race":    {silently, tooLate},
	"abort-after-response": {abortively, spares},
	"half-close":           {draining, tooLate},
}

// ending tells how the server ended c behind its last whole answer.
func (t *thread) ending(c *wire.Conversation, f *results.Finding) ending {
	e := ending{answers: t.answers, pause: -1, spared: t.answers > 0 && !t.pending}
	known, ok := endings[f.Cause]
	down, up := &c.Sides[wire.Down], &c.Sides[wire.Up]
	shut := first(down.FIN, down.Reset)
	left := first(up.FIN, up.Reset)
	if !ok || t.done == 0 || t.begun && t.pending || shut.Packet == 0 || shut.At < t.done || left.Packet > 0 && left.Packet < shut.Packet {
		return e
	}
	e.kind, e.meeting, e.after, e.spared = known.kind, known.meeting, shut.At-t.done, false
	if t.announced && (e.kind == silently || e.kind == unread) {
		e.kind = announcedly
	}
	if t.pending {
		e.pause, e.held = t.paused, shut.At-t.open.Done
	}
	return e
}

// first is the earlier of two marks, or the one there is.
func first(a, b wire.Mark) wire.Mark {
	if a.Packet == 0 || b.Packet > 0 && b.Packet < a.Packet {
		return b
	}
	return a
}
