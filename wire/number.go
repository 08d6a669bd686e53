package wire

// An anchor says what the relative numbers of one end rest on.
type anchor uint8

const (
	afloat   anchor = iota // on nothing: they are all 0
	stray                  // a RST, whose number may be anything: they are 0 still
	inferred               // the first segment seen of it, or what the other end acknowledged
	moored                 // its SYN
)

// An end is what the table remembers of one end of a conversation beside its
// [Side].
type end struct {
	isn    uint32
	anchor anchor
	called bool // it has sent a SYN
	state  endState
	holes  []span // of relative numbers below Side.Sent that were not seen, in order
}

// A span goes from one relative number to another.
type span struct{ from, to int64 }

// maxHoles bounds the gaps of one end that can still be filled. Older ones stay
// gaps.
const maxHoles = 16

// moor makes isn the number 0. What was held of older numbers is void.
func (e *end) moor(isn uint32, by anchor) {
	e.isn, e.anchor, e.holes = isn, by, nil
}

// relative is a sequence number counted from the end's first, the nearest to
// near of those that it can stand for: numbers wrap after 4 GiB.
func (e *end) relative(seq uint32, near int64) int64 {
	if e.anchor < inferred {
		return 0
	}
	return near + int64(int32(seq-e.isn-uint32(near)))
}

// extend notes that the numbers from from to to were seen, where sent is how far
// they reached before; what lies between was not. It returns the change of what
// is missing, and how these numbers relate to those before.
func (e *end) extend(from, to, sent int64) (missing int64, r Repeat) {
	switch {
	case from == sent:
		return 0, Fresh
	case from > sent:
		if len(e.holes) == maxHoles {
			e.holes = append(e.holes[:0], e.holes[1:]...)
		}
		e.holes = append(e.holes, span{sent, from})
		return from - sent, Fresh
	}
	missing = -e.fill(from, min(to, sent))
	switch {
	case missing < 0:
		return missing, OutOfOrder
	case to > sent:
		return 0, Fresh
	}
	return 0, SentAgain
}

// fill takes the numbers from from to to out of the holes and returns how many
// that were.
func (e *end) fill(from, to int64) (n int64) {
	if len(e.holes) == 0 {
		return 0
	}
	old := e.holes
	kept := make([]span, 0, min(len(old)+1, maxHoles))
	for _, h := range old {
		cut := span{max(h.from, from), min(h.to, to)}
		if cut.from >= cut.to {
			kept = append(kept, h)
			continue
		}
		n += cut.to - cut.from
		if h.from < cut.from {
			kept = append(kept, span{h.from, cut.from})
		}
		if cut.to < h.to {
			kept = append(kept, span{cut.to, h.to})
		}
	}
	e.holes = kept[max(0, len(kept)-maxHoles):]
	return n
}
