package live

import (
	"context"
	"fmt"

	"rstorm/kernel"
)

// Flush returns when everything that this process sent before the call has been
// handled, as well as what had arrived on other interfaces than loopback. The
// error is ctx's cause if that ends first, or why nothing is captured any more:
// it wraps [os.ErrClosed] after Close.
//
// Over loopback packets are captured where they come in. What is sent waits in
// a queue of the processor that sends it, first in, first out, and mostly no
// longer than the call that sends it (unless someone has the kernel steer
// loopback to other processors, by rps_cpus). So a datagram goes from each
// processor to ourselves: once it has arrived, so has all that was sent there
// before it, and stands before it in the ring. Then Flush waits until the last
// datagram comes out of the ring and the block it lay in, which is within some
// milliseconds of its being full or its first packet, has been handled. Only
// what another processor is just handing to the queue of another interface can
// stand behind it, for microseconds; it is handled with the rest of the block.
func (c *Capture) Flush(ctx context.Context) error {
	if err := c.flush(ctx); err != nil {
		return fmt.Errorf("flushing the capture: %w", err)
	}
	return nil
}

func (c *Capture) flush(ctx context.Context) error {
	var number uint64
	send := func() (err error) {
		number, err = c.marker.send(ctx)
		return err
	}
	if err := kernel.OnEachProcessor(send); err != nil {
		return err
	}
	for last := number; ; {
		turned, err := c.marker.waiting(last)
		if turned == nil {
			return err
		}
		// Sent once more after every block: the ring may have been full.
		if err := send(); err != nil {
			return err
		}
		select {
		case <-turned:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// waiting returns a channel that is closed with the next turn; nil if the
// marker, or one that was sent later, has been seen, or none ever will be.
func (m *marker) waiting(number uint64) (<-chan struct{}, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.seen >= number:
		return nil, nil
	case m.failed != nil:
		return nil, m.failed
	case m.turned == nil:
		m.turned = make(chan struct{})
	}
	return m.turned, nil
}

// turn wakes those who wait, after a block or a failure.
func (m *marker) turn(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.seen, m.failed = m.met, err
	if m.turned != nil {
		close(m.turned)
		m.turned = nil
	}
}
