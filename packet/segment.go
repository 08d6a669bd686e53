package packet

import (
	"encoding/binary"

	"rstorm/faults"
)

// Where the fields stand in an IPv4 header (RFC 791 section 3.1) and, after
// it, in a TCP header (RFC 9293 section 3.1).
const (
	ipTotal       = 2
	ipFragment    = 6
	ipTTL         = 8
	ipProtocol    = 9
	ipSum         = 10
	ipSource      = 12
	ipDestination = 16
	ipLength      = 20 // of a header without options

	tcpSource      = 0
	tcpDestination = 2
	tcpSeq         = 4
	tcpAck         = 8
	tcpOffset      = 12
	tcpFlags       = 13
	tcpWindow      = 14
	tcpSum         = 16
	tcpLength      = 20 // of a header without options

	protocolTCP = 6
)

// The flags.
const (
	flagFIN = 0x01
	flagSYN = 0x02
	flagRST = 0x04
	flagACK = 0x10
)

// A segment is a whole IPv4 packet that carries TCP.
type segment struct {
	ip, tcp, payload []byte // the header with all that follows; the last is what follows both headers
}

// ipv4 reports whether b is an IPv4 packet.
func ipv4(b []byte) bool { return len(b) >= ipLength && b[0]>>4 == 4 }

// parse finds the segment in an IPv4 packet; ok is false if there is none, or
// but a fragment of one.
func parse(b []byte) (s segment, ok bool) {
	head := int(b[0]&15) << 2
	if b[ipProtocol] != protocolTCP || head < ipLength || len(b) < head+tcpLength || binary.BigEndian.Uint16(b[ipFragment:])&0x3fff != 0 {
		return segment{}, false
	}
	tcp := b[head:]
	options := int(tcp[tcpOffset]>>4) << 2
	if options < tcpLength || len(tcp) < options {
		return segment{}, false
	}
	return segment{b, tcp, tcp[options:]}, true
}

// swap lets the source and the destination of an IPv4 packet change places.
func swap(b []byte) {
	var source [4]byte
	copy(source[:], b[ipSource:])
	copy(b[ipSource:], b[ipDestination:ipDestination+4])
	copy(b[ipDestination:], source[:])
}

func (s segment) source() uint16      { return binary.BigEndian.Uint16(s.tcp[tcpSource:]) }
func (s segment) destination() uint16 { return binary.BigEndian.Uint16(s.tcp[tcpDestination:]) }
func (s segment) seq() uint32         { return binary.BigEndian.Uint32(s.tcp[tcpSeq:]) }
func (s segment) ack() uint32         { return binary.BigEndian.Uint32(s.tcp[tcpAck:]) }
func (s segment) has(flag byte) bool  { return s.tcp[tcpFlags]&flag != 0 }

// end is the sequence number after s: SYN and FIN count as one byte each.
func (s segment) end() uint32 {
	end := s.seq() + uint32(len(s.payload))
	if s.has(flagSYN) {
		end++
	}
	if s.has(flagFIN) {
		end++
	}
	return end
}

// kinds appends to all what s is.
func (s segment) kinds(all []faults.Segment) []faults.Segment {
	for _, k := range []struct {
		is   bool
		kind faults.Segment
	}{{s.has(flagSYN), faults.SYN}, {s.has(flagFIN), faults.FIN}, {s.has(flagRST), faults.RST}, {len(s.payload) > 0, faults.Data}} {
		if k.is {
			all = append(all, k.kind)
		}
	}
	if len(all) == 0 {
		all = append(all, faults.Ack)
	}
	return all
}

// after reports whether the sequence number a comes after b (RFC 9293 section
// 3.4: they wrap).
func after(a, b uint32) bool { return int32(a-b) > 0 }
