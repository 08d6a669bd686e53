package faults

import "slices"

// carries reports whether e, if it is a packet, goes f's way and is of its
// kinds.
func (f *Fault) carries(e Event) bool {
	if e.Packet == 0 {
		return true
	}
	return (f.Stream == "" || f.Stream == e.Stream) &&
		(len(f.Segments) == 0 || slices.ContainsFunc(f.Segments, func(s Segment) bool { return slices.Contains(e.Segments, s) }))
}

// packet tells a packet from the others of its connection. How many pure
// acknowledgements there are is a matter of timing: they must not shift the
// fate of what carries something.
func (e *Event) packet() uint64 {
	key := uint64(e.Packet) << 2
	if e.Stream == Downstream {
		key |= 2
	}
	if slices.Contains(e.Segments, Ack) {
		key |= 1
	}
	return key
}
