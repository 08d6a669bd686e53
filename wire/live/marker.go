package live

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"
)

// A marker is a datagram of ours among the packets. Numbers tell them apart.
type marker struct {
	conn *net.UDPConn
	port uint16

	sending sync.Mutex
	sent    uint64 // number of the last one

	mu     sync.Mutex
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
	return &marker{conn: conn, port: uint16(conn.LocalAddr().(*net.UDPAddr).Port)}, nil
}

// overdue is how long a datagram may take before it is sent again: its socket
// may have had no room for it.
const overdue = 100 * time.Millisecond

// send sends a new marker to itself and returns its number once it has arrived.
func (m *marker) send(ctx context.Context) (number uint64, err error) {
	m.sending.Lock()
	defer m.sending.Unlock()
	m.sent++
	self := netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), m.port)
	b := binary.BigEndian.AppendUint64(nil, m.sent)
	for {
		_, err := m.conn.WriteToUDPAddrPort(b, self)
		if err == nil {
			err = m.arrived(self)
		}
		switch {
		case err == nil:
			return m.sent, nil
		case errors.Is(err, net.ErrClosed):
			return 0, os.ErrClosed
		case !errors.Is(err, os.ErrDeadlineExceeded):
			return 0, err
		case ctx.Err() != nil:
			return 0, context.Cause(ctx)
		}
	}
}

// arrived waits for the marker that was sent last, or until it is overdue.
func (m *marker) arrived(self netip.AddrPort) error {
	if err := m.conn.SetReadDeadline(time.Now().Add(overdue)); err != nil {
		return err
	}
	for {
		var b [8]byte
		n, from, err := m.conn.ReadFromUDPAddrPort(b[:])
		if err != nil || n == len(b) && from == self && binary.BigEndian.Uint64(b[:]) == m.sent {
			return err
		}
	}
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

// close frees the port.
func (m *marker) close() error { return m.conn.Close() }
