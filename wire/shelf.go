package wire

import "math/bits"

// A shelf keeps slices that are done with, by their size, to be used again: what
// a table tells of leaves nothing to collect.
type shelf[T any] [maxShelved + 1][][]T

// Bounds of a shelf: the longest slices, as a power of two, and how many of a
// size.
const (
	maxShelved  = 6
	mostShelved = 256
)

// take is an empty slice with room for n.
func (s *shelf[T]) take(n int) []T {
	size := bits.Len(uint(n - 1))
	if size > maxShelved {
		return make([]T, 0, n)
	}
	row := &s[size]
	last := len(*row) - 1
	if last < 0 {
		return make([]T, 0, 1<<size)
	}
	b := (*row)[last]
	*row = (*row)[:last]
	return b
}

// put gives back a slice that came from a shelf. Nothing of it may be used any
// more.
func (s *shelf[T]) put(b []T) {
	size := bits.Len(uint(cap(b))) - 1
	if size < 0 || size > maxShelved || len(s[size]) == mostShelved {
		return
	}
	clear(b)
	s[size] = append(s[size], b[:0])
}

// grow makes room for one more in b, which came from the shelf. It returns how
// much longer b may be now than before.
func (s *shelf[T]) grow(b []T) (longer []T, by int) {
	before := cap(b)
	longer = append(s.take(max(2*before, 1)), b...)
	s.put(b)
	return longer, cap(longer) - before
}
