// Package wiretest writes down packets for tests: conversations as a capture
// would have them, segment by segment.
package wiretest

import (
	"encoding/binary"
	"net/netip"
	"time"

	"rstorm/wire"
)

// A Tape is a capture under way. Its packets are raw IP with right lengths and
// zero checksums.
type Tape struct {
	Now     time.Time // of the next packet
	Packets []wire.Packet
}

// New begins a capture at a fixed time.
func New() *Tape { return &Tape{Now: time.Unix(1_700_000_000, 0)} }

// Wait lets time pass before the next packet.
func (t *Tape) Wait(d time.Duration) { t.Now = t.Now.Add(d) }

// A Call is one connection on a tape. Its two ends count for themselves.
type Call struct {
	tape *Tape
	Ends [2]End // by wire.Way: the client and the server
}

// An End is one end of a call. The fields may be set at any time.
type End struct {
	Address netip.AddrPort
	First   uint32 // sequence number of its SYN
	Next    int64  // relative number of what it sends next
	Heard   int64  // relative number that it acknowledges: all that has reached it
	TTL     uint8
	ID      uint16 // of its next packet; counts up
}

// Call prepares a connection between two addresses, as in "10.0.0.1:40000". It
// panics if they are none.
func (t *Tape) Call(client, server string) *Call {
	return &Call{tape: t, Ends: [2]End{
		{Address: netip.MustParseAddrPort(client), First: 1000, TTL: 64, ID: 1},
		{Address: netip.MustParseAddrPort(server), First: 500_000, TTL: 64, ID: 1},
	}}
}

// Handshake makes the connection.
func (c *Call) Handshake() {
	c.Send(wire.Up, wire.SYN, "")
	c.Send(wire.Down, wire.SYN|wire.ACK, "")
	c.Send(wire.Up, wire.ACK, "")
}

// Send sends a segment that arrives before anything else is sent.
func (c *Call) Send(way wire.Way, flags wire.Flags, payload string) {
	c.Fly(way, flags, payload)
	c.Land(way)
}

// Fly sends a segment that is captured now, and that the other end has not
// received until [Call.Land].
func (c *Call) Fly(way wire.Way, flags wire.Flags, payload string) {
	e := &c.Ends[way]
	c.Put(Segment{Way: way, Flags: flags, Seq: e.Next, Ack: e.Heard, Payload: payload, Window: 502, Options: true})
	e.Next += int64(len(payload))
	if flags&(wire.SYN|wire.FIN) != 0 {
		e.Next++
	}
}

// Land lets all that was sent this way arrive.
func (c *Call) Land(way wire.Way) { c.Ends[1-way].Heard = c.Ends[way].Next }

// Reply sends the RST with which Linux answers a stray segment of the other end:
// no ACK, no options, and the sequence number that the segment acknowledged.
func (c *Call) Reply(way wire.Way) {
	c.Put(Segment{Way: way, Flags: wire.RST, Seq: c.Ends[1-way].Heard})
}

// A Segment is a segment in all detail. Its numbers are relative.
type Segment struct {
	Way      wire.Way
	Flags    wire.Flags
	Seq, Ack int64
	Payload  string
	Window   uint16
	Options  bool  // a timestamp option
	TTL      uint8 // 0 is that of its end
}

// Put puts a segment on the tape and changes neither end.
func (c *Call) Put(s Segment) {
	from, to := &c.Ends[s.Way], &c.Ends[1-s.Way]
	tcp := make([]byte, 20, 40+len(s.Payload))
	binary.BigEndian.PutUint16(tcp, from.Address.Port())
	binary.BigEndian.PutUint16(tcp[2:], to.Address.Port())
	binary.BigEndian.PutUint32(tcp[4:], from.First+uint32(s.Seq))
	if s.Flags.Has(wire.ACK) {
		binary.BigEndian.PutUint32(tcp[8:], to.First+uint32(s.Ack))
	}
	tcp[13] = byte(s.Flags)
	binary.BigEndian.PutUint16(tcp[14:], s.Window)
	if s.Options {
		tcp = append(tcp, 1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 1)
	}
	tcp[12] = byte(len(tcp) / 4 << 4)
	tcp = append(tcp, s.Payload...)
	ttl := s.TTL
	if ttl == 0 {
		ttl = from.TTL
	}
	ip := header(from, to, len(tcp), ttl)
	c.tape.put(append(ip, tcp...))
}

// header is the IP header of a packet, of the version of its addresses.
func header(from, to *End, length int, ttl uint8) []byte {
	id := from.ID
	from.ID++
	if from.Address.Addr().Is6() {
		ip := make([]byte, 40)
		ip[0], ip[6], ip[7] = 6<<4, 6, ttl
		binary.BigEndian.PutUint16(ip[4:], uint16(length))
		copy(ip[8:], from.Address.Addr().AsSlice())
		copy(ip[24:], to.Address.Addr().AsSlice())
		return ip
	}
	ip := make([]byte, 20)
	ip[0], ip[6], ip[8], ip[9] = 4<<4|5, 0x40, ttl, 6
	binary.BigEndian.PutUint16(ip[2:], uint16(20+length))
	binary.BigEndian.PutUint16(ip[4:], id)
	copy(ip[12:], from.Address.Addr().AsSlice())
	copy(ip[16:], to.Address.Addr().AsSlice())
	return ip
}

func (t *Tape) put(data []byte) {
	t.Packets = append(t.Packets, wire.Packet{Number: len(t.Packets) + 1, At: t.Now.UnixNano(), Link: wire.LinkRaw, Length: len(data), Data: data})
	t.Now = t.Now.Add(time.Microsecond)
}
