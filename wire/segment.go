package wire

import "net/netip"

// Flags are the control bits of a TCP header (RFC 9293 section 3.1).
type Flags uint8

// The flags.
const (
	FIN Flags = 1 << iota
	SYN
	RST
	PSH
	ACK
	URG
)

// Has reports whether all of f's bits in want are set.
func (f Flags) Has(want Flags) bool { return f&want == want }

// A Segment is one TCP segment, read from a packet.
type Segment struct {
	Source, Target netip.AddrPort // IPv4 addresses are never mapped into IPv6
	Seq, Ack       uint32         // Ack means something if the flag ACK is set
	Flags          Flags
	Window         uint16 // as it stands in the header, not scaled
	TTL            uint8  // of the IP header, or IPv6's hop limit
	ID             uint16 // of the IPv4 header; 0 in IPv6
	Options        bool   // the header has any option; Linux puts none into a RST that answers a stray segment
	Outgoing       bool   // the capture says that the capturing machine sent it (Linux cooked), or it was captured on its way out
	Length         int    // bytes of payload on the wire
	Payload        []byte // as far as it was captured; shares the packet's memory
}
