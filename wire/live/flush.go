package live

import (
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"sync"
)

// A marker is a datagram of ours among the packets. Numbers tell them apart.
type marker struct {
	conn  *net.UDPConn
	port  uint16
	tasks sync.WaitGroup // discard

	mu     sync.Mutex
	sent   uint64        // number of the last one
	seen   uint64        // greatest number in the blocks that have been handled
	turned chan struct{} // closed when a block of the ring has been handled; nil if nobody waits
	failed error         // why no more will be

	met uint64 // greatest number in the block at hand, the reader's
}

// newMarker finds a port that nobody else sends from.
func newMarker() (*marker, error) {
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, fmt.Errorf("opening a socket on loopback, to mark packets: %w", err)
	}
	m := &marker{conn: conn, port: uint16(conn.LocalAddr().(*net.UDPAddr).Port)}
	m.tasks.Go(m.discard)
	return m, nil
}

// Flush returns when everything that this machine sent before the call has been
// handled, as well as what had arrived on other interfaces than loopback. The
// error is ctx's cause if that ends first, or why nothing is captured any more:
// it wraps [os.ErrClosed] after Close.
//
// It sends a datagram to itself and waits until that comes out of the ring and
// the block it lay in, which is within some milliseconds of its being full or
// its first packet, has been handled. Packets over loopback are captured where
// they go out, within the call that sends them, whatever processor it runs on
// and however many packets wait there to be delivered: all that is sent before
// the marker stands before it in the ring. Only what another processor is just
// handing to the queue of another interface can stand behind it, for
// microseconds; it is handled with the rest of the block.
func (c *Capture) Flush(ctx context.Context) error {
	number := c.marker.number()
	for {
		turned, err := c.marker.waiting(number)
		if turned == nil {
			return err
		}
		// Sent once more after every block: the ring may have been full.
		if err := c.marker.send(number); err != nil {
			return fmt.Errorf("flushing the capture: %w", err)
		}
		select {
		case <-turned:
		case <-ctx.Done():
			return fmt.Errorf("flushing the capture: %w", context.Cause(ctx))
		}
	}
}

// number is that of a new marker.
func (m *marker) number() uint64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sent++
	return m.sent
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
		return nil, fmt.Errorf("flushing the capture: %w", m.failed)
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

// send sends a marker to itself.
func (m *marker) send(number uint64) error {
	self := netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), m.port)
	_, err := m.conn.WriteToUDPAddrPort(binary.BigEndian.AppendUint64(nil, number), self)
	return err
}

// is reports whether a packet is a marker, and notes its number. The filter
// lets no other UDP pass.
func (m *marker) is(packet []byte) bool {
	const headers = 20 + 8
	if len(packet) != headers+8 || packet[0]>>4 != 4 || packet[9] != udp {
		return false
	}
	m.met = max(m.met, binary.BigEndian.Uint64(packet[headers:]))
	return true
}

// discard reads the markers that have arrived, so that they make room.
func (m *marker) discard() {
	var b [8]byte
	for {
		if _, _, err := m.conn.ReadFromUDPAddrPort(b[:]); err != nil {
			return
		}
	}
}

// close frees the port.
func (m *marker) close() error {
	err := m.conn.Close()
	m.tasks.Wait()
	return err
}
