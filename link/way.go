package link

import (
	"slices"
	"sync"
	"time"

	"rstorm/faults"
)

// wayLimit bounds the bytes that are under way in one direction. A source that
// is faster is no longer read.
const wayLimit = 1 << 20

// A way is a long way from a flow's source: what enters it, bytes and the end
// alike, leaves it later, in order. Bytes do not wait for one another.
type way struct {
	r      *relay
	stream faults.Stream

	mu    sync.Mutex
	lags  []lag // in effect
	queue []parcel
	size  int64         // bytes that have entered and not left
	last  time.Duration // when the last parcel leaves

	filled chan struct{} // says that the queue has grown
	eased  chan struct{} // says that it has shrunk
}

// A lag is a fault at passage that is in effect, and with which share of its
// delay.
type lag struct {
	*faults.Lag
	strength float64
}

// A parcel is what leaves the way at once.
type parcel struct {
	b   []byte // nil is the end
	due time.Duration
}

func newWay(r *relay, s faults.Stream) *way {
	return &way{r: r, stream: s, filled: make(chan struct{}, 1), eased: make(chan struct{}, 1)}
}

// draw is how long what enters now is under way.
func (w *way) draw() (d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.drawLocked()
}

func (w *way) drawLocked() (d time.Duration) {
	for _, l := range w.lags {
		d += time.Duration(l.strength * float64(l.Draw(w.stream)))
	}
	return d
}

// enter takes b, which it copies, nil for the end. It waits while too much is
// under way; when the connection ends, bytes vanish.
func (w *way) enter(b []byte) {
	for w.full() {
		select {
		case <-w.eased:
		case <-w.r.ctx.Done():
			return
		}
	}
	w.mu.Lock()
	w.last = max(w.last, w.r.link.since()+w.drawLocked())
	w.queue = append(w.queue, parcel{slices.Clone(b), w.last})
	w.size += int64(len(b))
	w.mu.Unlock()
	poke(w.filled)
}

// carry hands what is due to emit until the end is, or the connection ends.
func (w *way) carry(emit func([]byte)) {
	for {
		p, ok := w.next()
		if !ok || faults.Wait(w.r.ctx, p.due-w.r.link.since()) != nil || p.b == nil {
			return
		}
		emit(p.b)
	}
}

// leave is called by who takes b from the way, which may be no long one.
func (w *way) leave(b []byte) {
	if w == nil {
		return
	}
	w.mu.Lock()
	w.size -= int64(len(b))
	w.mu.Unlock()
	poke(w.eased)
}

// next takes the first parcel from the queue once there is one. It reports
// false if the connection ends first.
func (w *way) next() (parcel, bool) {
	for w.r.ctx.Err() == nil {
		w.mu.Lock()
		if len(w.queue) > 0 {
			p := w.queue[0]
			w.queue = w.queue[1:]
			w.mu.Unlock()
			return p, true
		}
		w.mu.Unlock()
		select {
		case <-w.filled:
		case <-w.r.ctx.Done():
		}
	}
	return parcel{}, false
}

// full reports whether nothing more may enter.
func (w *way) full() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.size >= wayLimit
}

// empty reports whether nothing is under way.
func (w *way) empty() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.size == 0
}

// poke tells whoever waits on c, if nobody has yet.
func poke(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
