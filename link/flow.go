package link

import (
	"sync"
	"sync/atomic"
)

// A flow moves what one leg's peer sends to the other leg: bytes, and then the
// FIN or the RST that ends them. Its near end reads, its far end writes;
// between them are the direction's toxics, if it has any.
type flow struct {
	r        *relay
	from, to *leg
	requests *requests // of the flow to the device
	answers  *answers  // of the flow to the client
	read     atomic.Int64

	way    *way          // nil if it is not long
	toxics *chain        // nil if there are none
	how    ending        // how from ended; set before ended is closed
	ended  chan struct{} // closed when from has ended
	done   chan struct{} // closed when the far end has passed the end on
	dead   bool          // to takes nothing more; the far end's own
}

func newUpFlow(r *relay) *flow {
	f := &flow{r: r, from: r.client, ended: make(chan struct{}), done: make(chan struct{})}
	f.requests = newRequests(r, f)
	return f
}

func newDownFlow(r *relay) *flow {
	f := &flow{r: r, from: r.device, to: r.client, ended: make(chan struct{}), done: make(chan struct{})}
	f.answers = newAnswers(r, f)
	return f
}

// buffers are for the ends of flows: an io.Copy's own would be 64 KiB a
// connection.
var buffers = sync.Pool{New: func() any { return new([32 << 10]byte) }}

// run moves everything, and returns when nothing more can come from the flow's
// source: neither bytes nor the RST that may follow a FIN.
func (f *flow) run() {
	var far sync.WaitGroup
	switch {
	case f.toxics != nil:
		f.toxics.start(f)
		<-f.ended
	case f.way != nil:
		far.Go(func() {
			f.way.carry(func(b []byte) {
				f.way.leave(b)
				f.deliver(b)
			})
			f.finish()
		})
		f.enter()
	default:
		f.pull(f.deliver)
		f.finish()
	}
	f.linger()
	<-f.done
	far.Wait()
	if f.toxics != nil {
		f.toxics.running.Wait()
	}
}

// enter moves everything from the source into the long way.
func (f *flow) enter() {
	f.pull(f.way.enter)
	f.way.enter(nil)
}

// haul moves everything from the source to emit and returns when its end may
// follow.
func (f *flow) haul(emit func([]byte)) {
	if f.way == nil {
		f.pull(emit)
		return
	}
	var far sync.WaitGroup
	far.Go(func() { f.way.carry(emit) })
	f.enter()
	far.Wait()
}

// empty reports whether nothing is under way between the flow's ends.
func (f *flow) empty() bool {
	return (f.way == nil || f.way.empty()) && (f.toxics == nil || f.toxics.in.Load() == f.toxics.out.Load())
}

// pull is the near end: it reads until the source has ended and hands what may
// go on to emit.
func (f *flow) pull(emit func([]byte)) {
	buf := buffers.Get().(*[32 << 10]byte)
	defer buffers.Put(buf)
	for f.how == going {
		n, how := f.from.read(buf[:])
		if n > 0 {
			f.read.Add(int64(n))
			f.r.touch()
			if f.requests != nil {
				f.r.awaitEnd()
			}
			f.r.tune()
			f.take(buf[:n], emit)
		}
		f.how = how
	}
	switch f.how {
	case byFIN:
		f.r.noteFIN(f.from)
		if f.requests != nil {
			f.requests.release(emit)
		}
	case byReset:
		f.r.noteFailure(f.from)
	}
	f.r.tune()
	close(f.ended)
}

// take looks at bytes that have arrived.
func (f *flow) take(b []byte, emit func([]byte)) {
	switch {
	case f.r.severed.Load():
		if f.requests != nil {
			f.r.lateBytes()
		}
	case f.requests != nil:
		f.requests.arrive(b, emit)
	default:
		emit(b)
	}
}

// deliver is the far end: it passes bytes on as soon as they may.
func (f *flow) deliver(b []byte) {
	if !f.r.passing(f) || f.dead {
		return
	}
	if f.requests != nil {
		f.requests.forward(b)
	} else {
		f.answers.deliver(b)
	}
	f.r.touch()
}

// write hands b to the kernel and reports whether it took all of it. Once it
// has not, bytes vanish until the end that this must have reaches the source.
func (f *flow) write(b []byte) bool {
	if f.dead || len(b) == 0 {
		return !f.dead
	}
	f.dead = !f.r.write(f.to, b)
	return !f.dead
}
