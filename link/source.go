package link

import (
	"errors"
	"io"
	"time"

	"rstorm/faults"
)

// A source is a flow's near end as Toxiproxy reads it.
type source struct{ f *flow }

// WriteTo moves everything from the source into the chain and returns when its
// end may follow.
func (s source) WriteTo(w io.Writer) (int64, error) {
	c := s.f.toxics
	s.f.haul(func(b []byte) {
		c.in.Add(int64(len(b)))
		s.f.way.leave(b)
		w.Write(b) // into a channel: it takes all and never fails
	})
	close(c.fed)
	if s.f.how != byLink {
		faults.Wait(s.f.r.ctx, c.lag(func(l lags) time.Duration { return l.fin }))
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
