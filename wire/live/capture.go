package live

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"rstorm/kernel"
	"rstorm/wire"
)

// A Capture copies TCP segments that pass the interfaces of this network
// namespace while it is open. Its methods are safe for concurrent use.
type Capture struct {
	cfg     Config
	packets *kernel.Packets
	marker  *marker
	task    sync.WaitGroup // the reader

	packet  wire.Packet // the one at hand, the reader's
	segment wire.Segment
	handled atomic.Uint64
	resets  atomic.Uint64

	watching sync.Mutex
	watched  map[uint16]int // how often each port is

	closing sync.Once
	ended   error
}

// patience is how long a packet over loopback may take before capturing is
// taken not to work.
const patience = 10 * time.Second

// Open begins to capture segments with RST; for others see [Capture.Watch]. It
// has seen a packet when it returns. An error says what is in the way; it wraps
// [errors.ErrUnsupported] where this system, or this user, can't capture:
// that takes Linux and CAP_NET_RAW, which root has, and everyone in a private
// network.
func Open(cfg Config) (*Capture, error) {
	c := &Capture{watched: map[uint16]int{}}
	var err error
	if c.cfg, err = cfg.completed(); err != nil {
		return nil, err
	}
	if c.marker, err = newMarker(); err != nil {
		return nil, err
	}
	program, err := c.filter()
	if err == nil {
		c.packets, err = kernel.OpenPackets(c.cfg.Ring, program)
	}
	if err != nil {
		return nil, errors.Join(explained(err), c.marker.close())
	}
	c.task.Go(c.read)
	if err := c.packets.Outgoing(others()); err != nil {
		return nil, errors.Join(explained(err), c.Close())
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := c.Flush(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("capturing a packet over loopback, to prove that it works: %w", err), c.Close())
	}
	return c, nil
}

// explained says what to do about a missing right.
func explained(err error) error {
	if errors.Is(err, os.ErrPermission) {
		return fmt.Errorf("capturing packets: %w: it takes CAP_NET_RAW, or a private network: %w", errors.ErrUnsupported, err)
	}
	return fmt.Errorf("capturing packets: %w", err)
}

// filter is the program for what is watched. The caller holds the lock, if
// there is another who could.
func (c *Capture) filter() ([]kernel.Instruction, error) {
	ports := make([]uint16, 0, len(c.watched))
	for port := range c.watched {
		ports = append(ports, port)
	}
	return filter{mode: c.cfg.Mode, snap: c.cfg.Snap, ports: ports, marker: c.marker.port}.program()
}

// read handles packets until there is none any more.
func (c *Capture) read() {
	for {
		err := c.packets.Read(c.take)
		c.marker.turn(err)
		if err != nil {
			return
		}
	}
}

// take handles a packet where it lies.
func (c *Capture) take(p *kernel.Packet) {
	if c.marker.is(p.Data) {
		return
	}
	c.packet = wire.Packet{Number: c.packet.Number, At: p.At, Link: wire.LinkRaw, Interface: p.Interface, Length: p.Length, Data: p.Data}
	if wire.Decode(&c.packet, &c.segment) != wire.IsTCP {
		return
	}
	c.packet.Number++
	c.segment.Outgoing = p.Outgoing || p.Loopback
	c.handled.Add(1)
	if c.segment.Outgoing && c.segment.Flags.Has(wire.RST) {
		c.resets.Add(1)
	}
	if c.cfg.Handle != nil {
		c.cfg.Handle(&c.packet, &c.segment)
	}
}

// Counts says what has been captured so far.
func (c *Capture) Counts() Counts {
	dropped, _ := c.packets.Dropped() // once it is closed, what it was then
	return Counts{Packets: c.handled.Load(), Dropped: dropped, Resets: c.resets.Load()}
}

// Close ends the capture; what has not been handled is lost: see
// [Capture.Flush]. The error is the first failure to read, if there was one. It
// may be called twice.
func (c *Capture) Close() error {
	c.closing.Do(func() {
		_, err := c.packets.Dropped()
		err = errors.Join(err, c.packets.Close())
		c.task.Wait()
		c.ended = errors.Join(err, c.marker.close())
		if failed := c.marker.failed; !errors.Is(failed, os.ErrClosed) {
			c.ended = errors.Join(c.ended, failed)
		}
	})
	return c.ended
}
