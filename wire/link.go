package wire

import "encoding/binary"

// EtherTypes (IEEE 802 numbers).
const (
	etherIPv4   = 0x0800
	etherIPv6   = 0x86dd
	etherVLAN   = 0x8100 // IEEE 802.1Q
	etherQinQ   = 0x88a8 // IEEE 802.1ad
	etherOldTag = 0x9100 // 802.1ad before it was a standard
)

// maxTags is how many VLAN tags are looked through.
const maxTags = 4

// network takes off what p's link puts before the IP header, then that header, which
// it reads into d.
func network(p *Packet, s *Segment, d *datagram) Kind {
	b := p.Data
	switch p.Link {
	case LinkEthernet:
		return tagged(p, 12, d)
	case LinkCooked:
		if len(b) >= 16 {
			s.Outgoing = binary.BigEndian.Uint16(b) == cookedOutgoing
		}
		return tagged(p, 14, d)
	case LinkCooked2:
		if len(b) < 20 {
			return lack(p)
		}
		s.Outgoing = b[10] == cookedOutgoing
		return typed(p, int(binary.BigEndian.Uint16(b)), 20, d)
	case LinkNull, LinkLoop:
		return family(p, d)
	case LinkRaw, LinkRawBSD, LinkRawOpen:
		if len(b) == 0 {
			return lack(p)
		}
		if b[0]>>4 == 4 {
			return ipv4(p, 0, d)
		}
		return ipv6(p, 0, d)
	case LinkIPv4:
		return ipv4(p, 0, d)
	case LinkIPv6:
		return ipv6(p, 0, d)
	}
	return IsOther
}

// cookedOutgoing is the packet type of what the capturing machine sent
// (LINKTYPE_LINUX_SLL and LINKTYPE_LINUX_SLL2).
const cookedOutgoing = 4

// tagged reads the EtherType at offset at, behind VLAN tags if there are any.
func tagged(p *Packet, at int, d *datagram) Kind {
	for range maxTags + 1 {
		if len(p.Data) < at+2 {
			return lack(p)
		}
		switch kind := int(binary.BigEndian.Uint16(p.Data[at:])); kind {
		case etherVLAN, etherQinQ, etherOldTag:
			at += 4
		default:
			return typed(p, kind, at+2, d)
		}
	}
	return IsOther
}

// typed reads what an EtherType says stands at offset at.
func typed(p *Packet, kind, at int, d *datagram) Kind {
	switch kind {
	case etherIPv4:
		return ipv4(p, at, d)
	case etherIPv6:
		return ipv6(p, at, d)
	case etherVLAN, etherQinQ, etherOldTag: // Linux cooked version 2: the first tag has no room of its own
		return tagged(p, at+2, d)
	}
	return IsOther
}

// family reads the BSD loopback header: the number that the capturing system
// gives the protocol family, in its own byte order or in that of the network.
func family(p *Packet, d *datagram) Kind {
	if len(p.Data) < 4 {
		return lack(p)
	}
	number := binary.BigEndian.Uint32(p.Data)
	if p.Link == LinkNull && number > 0xffff {
		number = binary.LittleEndian.Uint32(p.Data)
	}
	switch number {
	case 2:
		return ipv4(p, 4, d)
	case 10, 24, 28, 30: // Linux; NetBSD and OpenBSD; FreeBSD; macOS
		return ipv6(p, 4, d)
	}
	return IsOther
}
