package wire

import (
	"slices"
	"unsafe"
)

// A tape keeps the first events and the last ones.
type tape struct {
	limit  int
	events []Event
	oldest int // among the last ones: the next to be overwritten
	lost   int
}

// head is how many of the first events are kept.
func (t *tape) head() int { return (t.limit + 1) / 2 }

// add keeps e and returns it where it is kept, and how much memory that took.
func (t *tape) add(e *Event, from *shelf[Event]) (kept *Event, grown int) {
	if len(t.events) < t.limit {
		if len(t.events) == cap(t.events) {
			t.events, grown = from.grow(t.events)
		}
		t.events = append(t.events, *e)
		return &t.events[len(t.events)-1], grown * eventSize
	}
	kept = &t.events[t.head()+t.oldest]
	t.oldest = (t.oldest + 1) % (t.limit - t.head())
	t.lost++
	grown = -len(kept.Says)
	*kept = *e
	return kept, grown
}

// find is the event of a packet, if it is among the last few.
func (t *tape) find(packet int) *Event {
	tail := t.events
	if t.lost > 0 {
		tail = t.events[t.head():]
	}
	for i := range tail {
		e := &tail[(t.oldest-1-i+2*len(tail))%len(tail)]
		if e.Packet == packet {
			return e
		}
	}
	return nil
}

// turn makes each event one of the other way.
func (t *tape) turn() {
	for i := range t.events {
		t.events[i].Way = 1 - t.events[i].Way
	}
}

// order puts all that was kept in order. Nothing can be added then.
func (t *tape) order() (events []Event, head int) {
	if t.lost == 0 {
		return t.events, len(t.events)
	}
	rotate(t.events[t.head():], t.oldest)
	return t.events, t.head()
}

// rotate makes b begin with what stands at an index of it.
func rotate[T any](b []T, at int) {
	slices.Reverse(b[:at])
	slices.Reverse(b[at:])
	slices.Reverse(b)
}

const eventSize = int(unsafe.Sizeof(Event{}))
