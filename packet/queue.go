package packet

import (
	"container/heap"
	"time"

	"rstorm/kernel"
)

// A parcel is a packet in a buffer.
type parcel struct {
	buffer [kernel.MTU]byte
	length int
	errand
}

// An errand is what becomes of a parcel.
type errand struct {
	way     *way // its direction; nil if it belongs to no known connection
	spoilt  bool // its checksum does not fit: it does not arrive
	forgery *forgery
	behind  []*parcel // follow it, each after its delay
	delay   time.Duration

	due     time.Duration
	order   uint64 // among those that are due at once
	ordered bool   // it is counted in its way's waiting
	index   int    // in the queue
}

func (p *parcel) bytes() []byte { return p.buffer[:p.length] }

// queue holds the parcels that are not due yet, the next one first.
type queue []*parcel

// capacity is how many parcels wait at most. As in a router's queue, what
// comes on top of them is lost.
const capacity = 1 << 14

// Len, Less, Swap, Push and Pop make it a heap.
func (q queue) Len() int { return len(q) }

// Less puts what is due first in front.
func (q queue) Less(i, j int) bool {
	return q[i].due < q[j].due || q[i].due == q[j].due && q[i].order < q[j].order
}

// Swap keeps the indices.
func (q queue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].index, q[j].index = i, j
}

// Push appends.
func (q *queue) Push(p any) {
	p.(*parcel).index = len(*q)
	*q = append(*q, p.(*parcel))
}

// Pop takes the last away.
func (q *queue) Pop() any {
	last := len(*q) - 1
	p := (*q)[last]
	(*q)[last] = nil
	*q = (*q)[:last]
	return p
}

func (q *queue) remove(p *parcel) { heap.Remove(q, p.index) }
