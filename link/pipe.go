package link

import (
	"context"
	"errors"
	"io"
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
	kind   string
	f      *flow
	judged chan struct{} // closed once it is known who closed the toxic's output
}

// wrap returns the toxic that stands for inner in the chain.
func (c *chain) wrap(f *flow, t *faults.Toxic, inner toxics.Toxic) toxics.Toxic {
	if t.Type == resetPeer {
		inner = &resetter{after: time.Duration(t.Attributes["timeout"]) * time.Millisecond, c: c}
	}
	s := &shaper{Toxic: inner, kind: t.Type, f: f, judged: make(chan struct{})}
	c.shapers = append(c.shapers, s)
	c.running.Add(1)
	return s
}

// Pipe runs the toxic until its input ends.
func (s *shaper) Pipe(stub *toxics.ToxicStub) {
	chain := s.f.toxics
	defer chain.running.Done()
	returned, told := make(chan struct{}), make(chan struct{})
	stop := context.AfterFunc(s.f.r.ctx, func() {
		defer close(told)
		select {
		case stub.Interrupt <- struct{}{}:
		case <-returned:
		}
	})
	s.Toxic.Pipe(stub)
	close(returned)
	if !stop() {
		<-told
	}
	if stub.Closed() && !s.f.hasEnded() {
		chain.ender.CompareAndSwap(nil, &s.kind)
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

// A source is a flow's near end as Toxiproxy reads it.
type source struct{ f *flow }

// WriteTo moves everything from the source into the chain and returns when its
// end may follow.
func (s source) WriteTo(w io.Writer) (int64, error) {
	c := s.f.toxics
	s.f.pull(func(b []byte) {
		c.in.Add(int64(len(b)))
		w.Write(b) // into a channel: it takes all and never fails
	})
	if s.f.how != byLink {
		faults.Wait(s.f.r.ctx, c.finLag)
	}
	return c.in.Load(), nil
}

// Read is not for use: io.Copy, with which Toxiproxy reads, prefers WriteTo,
// which needs no buffer of its own for each connection.
func (s source) Read([]byte) (int, error) { return 0, errors.ErrUnsupported }

// A sink is a flow's far end as Toxiproxy writes it.
type sink struct{ f *flow }

// ReadFrom delivers everything that comes out of the chain. It never stops
// before the end: bytes that can't be delivered vanish, for a chain that nobody
// reads would never end.
func (s sink) ReadFrom(r io.Reader) (n int64, err error) {
	buf := buffers.Get().(*[32 << 10]byte)
	defer buffers.Put(buf)
	for err == nil {
		var k int
		k, err = r.Read(buf[:])
		s.Write(buf[:k])
		n += int64(k)
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return n, err
}

// Write delivers b.
func (s sink) Write(b []byte) (int, error) {
	s.f.toxics.out.Add(int64(len(b)))
	s.f.deliver(b)
	return len(b), nil
}

// Close is called when nothing more comes.
func (s sink) Close() error {
	s.f.finish()
	return nil
}
