package wire

import (
	"encoding/binary"
	"net/netip"
)

// A Kind says what a packet is to [Decode].
type Kind uint8

// The kinds.
const (
	IsTCP       Kind = iota // a TCP segment
	IsOther                 // not TCP over IP, or on a link that is not understood
	IsFragment              // an IP fragment but the first: the TCP header is in another packet
	IsShort                 // captured too short for its TCP header
	IsMalformed             // its headers contradict themselves
)

// Decode reads the TCP segment in p into s. What kind of packet p is decides
// whether s means anything: only with [IsTCP]. The first fragment of a datagram
// counts as a segment with the payload that it has. Decode allocates nothing,
// and s shares p's memory.
func Decode(p *Packet, s *Segment) Kind {
	s.Outgoing = false
	var d datagram
	if kind := network(p, s, &d); kind != IsTCP {
		return kind
	}
	if d.total < minTCP {
		return IsMalformed
	}
	tcp := d.data
	if len(tcp) < minTCP {
		return IsShort
	}
	head := int(tcp[12]>>4) << 2
	if head < minTCP || head > d.total {
		return IsMalformed
	}
	s.Source = netip.AddrPortFrom(d.source, binary.BigEndian.Uint16(tcp))
	s.Target = netip.AddrPortFrom(d.target, binary.BigEndian.Uint16(tcp[2:]))
	s.Seq, s.Ack = binary.BigEndian.Uint32(tcp[4:]), binary.BigEndian.Uint32(tcp[8:])
	s.Flags, s.Window = Flags(tcp[13])&(FIN|SYN|RST|PSH|ACK|URG), binary.BigEndian.Uint16(tcp[14:])
	s.TTL, s.ID, s.Options = d.ttl, d.id, head > minTCP
	s.Length, s.Payload = d.total-head, nil
	if end := min(len(tcp), d.total); end > head {
		s.Payload = tcp[head:end:end]
	}
	return IsTCP
}

// minTCP is the length of a TCP header without options (RFC 9293 section 3.1).
const minTCP = 20

// A datagram is what an IP header says, and what follows it.
type datagram struct {
	source, target netip.Addr
	ttl            uint8
	id             uint16
	data           []byte // behind the headers, as far as captured
	total          int    // bytes of it on the wire
}

// lack is the kind of a packet that ends too soon: by the capture's doing, or
// by its own.
func lack(p *Packet) Kind {
	if len(p.Data) < p.Length {
		return IsShort
	}
	return IsMalformed
}
