package packet

import (
	"encoding/binary"
	"time"
)

// A forgery is a RST that neither side has sent.
type forgery struct {
	from, to           *way // it looks as if it went from's way; to's sender gets it
	source, receiver   uint16
	seq, ack           uint32
	acceptable, hasACK bool // acceptable: seq is to be what the receiver expects when it is sent
	ttl                uint8
	record             int // of the log
}

// TTLs of forged segments: whichever the host itself does not use.
const (
	foreignTTL = 128
	otherTTL   = 255
)

// foreign is a TTL other than that of s.
func foreign(s segment) uint8 {
	if s.ip[ipTTL] == foreignTTL {
		return otherTTL
	}
	return foreignTTL
}

// forge writes p's forgery into it. It reports false if there is none that the
// receiver would accept: nothing has told what it expects.
func (m *Middlebox) forge(p *parcel) bool {
	f := p.forgery
	if f.acceptable {
		if !f.from.known {
			return false
		}
		f.seq = f.from.expected
	}
	p.length = ipLength + tcpLength
	b := p.bytes()
	clear(b)
	b[0] = 4<<4 | ipLength>>2
	binary.BigEndian.PutUint16(b[ipTotal:], uint16(len(b)))
	b[ipTTL], b[ipProtocol] = f.ttl, protocolTCP
	far, near := m.Far().As4(), m.near.As4()
	copy(b[ipSource:], far[:])
	copy(b[ipDestination:], near[:])
	binary.BigEndian.PutUint16(b[ipSum:], sum(0, b[:ipLength]))

	tcp := b[ipLength:]
	binary.BigEndian.PutUint16(tcp[tcpSource:], f.source)
	binary.BigEndian.PutUint16(tcp[tcpDestination:], f.receiver)
	binary.BigEndian.PutUint32(tcp[tcpSeq:], f.seq)
	binary.BigEndian.PutUint32(tcp[tcpAck:], f.ack)
	tcp[tcpOffset], tcp[tcpFlags] = tcpLength>>2<<4, flagRST
	if f.hasACK {
		tcp[tcpFlags] |= flagACK
	}
	// The pseudo header: both addresses, the protocol, the length of TCP.
	pseudo := sum(protocolTCP+uint32(len(tcp)), b[ipSource:ipLength])
	binary.BigEndian.PutUint16(tcp[tcpSum:], sum(uint32(^pseudo), tcp))
	m.log.forged(f.record, f.sent(m.since()))
	return true
}

// sent is what the log says of f.
func (f *forgery) sent(at time.Duration) RST {
	r := RST{At: at, Stream: f.from.stream, ACK: f.hasACK, TTL: f.ttl}
	if f.hasACK {
		r.Ack = f.ack - f.to.first
	}
	if f.acceptable || !f.hasACK {
		r.Seq = f.seq - f.from.first
	}
	return r
}

// sum is the Internet checksum (RFC 1071) of b on top of a partial sum.
func sum(partial uint32, b []byte) uint16 {
	for ; len(b) > 1; b = b[2:] {
		partial += uint32(binary.BigEndian.Uint16(b))
	}
	if len(b) == 1 {
		partial += uint32(b[0]) << 8
	}
	for partial > 0xffff {
		partial = partial>>16 + partial&0xffff
	}
	return ^uint16(partial)
}
