package link

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/Shopify/toxiproxy/v2/toxics"

	"rstorm/faults"
)

// A shaper runs one of Toxiproxy's toxics so that it never outlives its
// connection: it is interrupted when nothing passes any more, and what arrives
// after it has closed its end is thrown away instead of left to block the
// toxics before it. It also keeps Toxiproxy from looking for *net.TCPConn under
// a reset_peer.
type shaper struct {
	toxics.Toxic
	dose   faults.Dose
	f      *flow
	on     atomic.Bool // else everything passes unchanged
	lags   lags
	limit  limit
	stub   *toxics.ToxicStub // set before started is closed
	start  chan struct{}     // closed when the toxic runs
	judged chan struct{}     // closed once it is known who closed the toxic's output
}

// wrap returns the toxic that stands for inner in the chain.
func (c *chain) wrap(f *flow, d faults.Dose, inner toxics.Toxic) *shaper {
	if d.Type == resetPeer {
		inner = &resetter{after: time.Duration(d.Attributes["timeout"]) * time.Millisecond, c: c}
	}
	s := &shaper{Toxic: inner, dose: d, f: f, start: make(chan struct{}), judged: make(chan struct{})}
	c.shapers = append(c.shapers, s)
	c.running.Add(1)
	return s
}

// turn switches the toxic on or off for what passes from now on. Its caller
// sees to it that nothing is under way, and that nobody else switches.
func (s *shaper) turn(on bool) {
	if s.on.Load() == on {
		return
	}
	s.limit.turn(on, s.f.toxics.out.Load())
	s.on.Store(on)
	select {
	case <-s.start:
	default:
		return // it will look when it starts
	}
	select {
	case s.stub.Interrupt <- struct{}{}: // it looks again
	case <-s.judged:
	case <-s.f.r.ctx.Done():
	}
}

// shape runs the toxic while it is on, and lets everything pass while it is
// not.
func (s *shaper) shape(stub *toxics.ToxicStub) {
	for s.f.r.ctx.Err() == nil && !stub.Closed() {
		if s.on.Load() {
			s.Toxic.Pipe(stub)
		} else {
			pass(stub)
		}
	}
}

// pass hands chunks on until it is interrupted or there are no more.
func pass(stub *toxics.ToxicStub) {
	for {
		select {
		case <-stub.Interrupt:
			return
		case chunk := <-stub.Input:
			if chunk == nil {
				stub.Close()
				return
			}
			stub.Output <- chunk
		}
	}
}

// Pipe runs the toxic until its input ends.
func (s *shaper) Pipe(stub *toxics.ToxicStub) {
	chain := s.f.toxics
	defer chain.running.Done()
	s.stub = stub
	close(s.start)
	returned, told := make(chan struct{}), make(chan struct{})
	stop := context.AfterFunc(s.f.r.ctx, func() {
		defer close(told)
		select {
		case stub.Interrupt <- struct{}{}:
		case <-returned:
		}
	})
	s.shape(stub)
	close(returned)
	if !stop() {
		<-told
	}
	if stub.Closed() && !chain.isFed() {
		chain.ender.CompareAndSwap(nil, &s.dose.Type)
	}
	close(s.judged)
	for range stub.Input {
	}
	stub.Close()
}

// NewState is Toxiproxy's hook for toxics that keep state.
func (s *shaper) NewState() any {
	if stateful, ok := s.Toxic.(toxics.StatefulToxic); ok {
		return stateful.NewState()
	}
	return nil
}

// A resetter is reset_peer: Toxiproxy's own can't be interrupted, and asks for
// sockets that it does not get here. The chain's far end makes its close a RST.
type resetter struct {
	after time.Duration
	c     *chain
}

// Pipe drops everything from the first bytes on and closes once after has
// passed since then.
func (t *resetter) Pipe(stub *toxics.ToxicStub) {
	select {
	case <-stub.Interrupt:
		return
	case chunk := <-stub.Input:
		if chunk == nil {
			stub.Close()
			return
		}
	}
	timer := time.NewTimer(t.after)
	defer timer.Stop()
	select {
	case <-stub.Interrupt:
	case <-timer.C:
		kind := resetPeer
		t.c.ender.CompareAndSwap(nil, &kind)
		stub.Close()
	}
}
