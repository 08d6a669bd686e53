package wire

import (
	"encoding/binary"
	"net/netip"
)

// Numbers of protocols and of IPv6 extension headers (IANA protocol numbers).
const (
	protocolHopByHop    = 0
	protocolTCP         = 6
	protocolRouting     = 43
	protocolFragment    = 44
	protocolAH          = 51
	protocolDestination = 60
	protocolMobility    = 135
	protocolHIP         = 139
	protocolShim6       = 140
)

// maxExtensions is how many IPv6 extension headers are looked through. RFC 8200
// section 4.1 has room for seven in order.
const maxExtensions = 12

// ipv4 reads an IPv4 header (RFC 791 section 3.1). A total length of 0 is that
// of a packet that the network card still has to cut up: it ends where the
// packet does. What follows the total length is padding of the link.
func ipv4(p *Packet, at int, d *datagram) Kind {
	b := p.Data[min(at, len(p.Data)):]
	if len(b) < 20 {
		return lack(p)
	}
	head, total := int(b[0]&15)<<2, int(binary.BigEndian.Uint16(b[2:]))
	if total == 0 {
		total = max(p.Length, len(p.Data)) - at
	}
	switch {
	case b[0]>>4 != 4 || head < 20 || total < head:
		return IsMalformed
	case b[9] != protocolTCP:
		return IsOther
	case binary.BigEndian.Uint16(b[6:])&0x1fff != 0:
		return IsFragment
	case len(b) < head:
		return IsShort
	}
	d.source, d.target = netip.AddrFrom4([4]byte(b[12:])), netip.AddrFrom4([4]byte(b[16:]))
	d.ttl, d.id = b[8], binary.BigEndian.Uint16(b[4:])
	d.data, d.total = b[head:], total-head
	return IsTCP
}

// ipv6 reads an IPv6 header and its extensions (RFC 8200). A payload length of
// 0 is that of a jumbogram, or of one that has still to be cut up: it ends where
// the packet does.
func ipv6(p *Packet, at int, d *datagram) Kind {
	b := p.Data[min(at, len(p.Data)):]
	if len(b) < 40 {
		return lack(p)
	}
	if b[0]>>4 != 6 {
		return IsMalformed
	}
	d.total = int(binary.BigEndian.Uint16(b[4:]))
	if d.total == 0 {
		d.total = max(p.Length, len(p.Data)) - at - 40
	}
	d.ttl, d.data = b[7], b[40:]
	if next := b[6]; next != protocolTCP {
		if kind := d.extensions(next); kind != IsTCP {
			return kind
		}
	}
	d.source, d.target = netip.AddrFrom16([16]byte(b[8:])), netip.AddrFrom16([16]byte(b[24:]))
	return IsTCP
}

// extensions takes off extension headers until there is TCP.
func (d *datagram) extensions(next uint8) Kind {
	for range maxExtensions {
		length := 8
		switch {
		case next == protocolTCP:
			return IsTCP
		case !isExtension(next):
			return IsOther
		}
		if d.total < length {
			return IsMalformed
		}
		if len(d.data) < length {
			return IsShort
		}
		switch next {
		case protocolAH: // RFC 4302 section 2.2: in words of 4 bytes, less 2
			length = (int(d.data[1]) + 2) * 4
		case protocolFragment:
			if binary.BigEndian.Uint16(d.data[2:])&^7 != 0 {
				if d.data[0] == protocolTCP || isExtension(d.data[0]) {
					return IsFragment
				}
				return IsOther
			}
		default:
			length = (int(d.data[1]) + 1) * 8
		}
		if d.total < length {
			return IsMalformed
		}
		next = d.data[0]
		d.data, d.total = d.data[min(length, len(d.data)):], d.total-length
	}
	return IsOther
}

// isExtension reports whether a header of IPv6 is one behind which TCP may
// stand.
func isExtension(next uint8) bool {
	switch next {
	case protocolHopByHop, protocolRouting, protocolFragment, protocolAH, protocolDestination, protocolMobility, protocolHIP, protocolShim6:
		return true
	}
	return false
}
