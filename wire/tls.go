package wire

import (
	"bytes"
	"encoding/binary"
)

// Types of TLS records and of handshake messages (RFC 8446 sections 4 and 5.1).
const (
	recordChange      = 20
	recordAlert       = 21
	recordHandshake   = 22
	recordApplication = 23

	clientHello = 1
	serverHello = 2
)

// maxRecord is the most that a record may hold (RFC 5246 section 6.2.3).
const maxRecord = 1<<14 + 2048

// isRecord reports whether b begins with the head of a TLS record. Of the first
// bytes of a connection fewer will do, but it has to be a handshake or an alert.
func isRecord(b []byte, first bool) bool {
	if len(b) < 5 {
		return first && len(b) >= 2 && b[0] == recordHandshake && b[1] == 3
	}
	if b[0] < recordChange || b[0] > recordApplication || b[1] != 3 || b[2] > 4 {
		return false
	}
	n := binary.BigEndian.Uint16(b[3:])
	return n > 0 && n <= maxRecord && (!first || b[0] == recordAlert || b[0] == recordHandshake)
}

// isHello reports whether b begins with a handshake record that begins with
// message.
func isHello(b []byte, message byte) bool {
	return len(b) > 5 && b[0] == recordHandshake && isRecord(b, true) && b[5] == message
}

// secrets is what is known of a TLS handshake.
type secrets struct {
	greeted bool // a ServerHello was seen
	agreed  bool // it was whole enough to tell the version
	early   bool // it agrees on TLS 1.2 or older: what is of type application data is that
	replies bool // the client has sent a record of type application data since the ServerHello
}

// records reads a piece of a TLS stream (RFC 8446 section 5.1).
func (t *Table) records(f *flow, way Way, p piece) {
	r := &f.talk.streams[way].frames
	if r.lost && p.start && isRecord(p.data, false) {
		r.lost, r.left, r.have = false, 0, 0
	}
	for !r.lost {
		packet := p.packet
		if !r.next(&p, 5) {
			return
		}
		if !isRecord(r.head[:5], false) {
			r.lost = true
			return
		}
		r.left = int64(binary.BigEndian.Uint16(r.head[3:]))
		t.recordSays(f, way, &p, packet, r.head[0])
	}
}

// recordSays names the record whose content p begins with.
func (t *Table) recordSays(f *flow, way Way, p *piece, packet int, kind byte) {
	left := f.talk.streams[way].frames.left
	content := p.data[:min(len(p.data), int(left))]
	switch kind {
	case recordChange:
		t.says(f, packet, "ChangeCipherSpec", false)
	case recordAlert:
		t.says(f, packet, "alert", true)
	case recordApplication:
		t.says(f, packet, "application data", false)
		f.applied(way, packet)
	case recordHandshake:
		name := "handshake"
		switch {
		case way == Up && opens(content, clientHello, left):
			name = "ClientHello"
		case way == Down && opens(content, serverHello, left):
			name = "ServerHello"
			f.talk.secrets.agree(content)
		}
		t.says(f, packet, name, false)
	}
}

// opens reports whether a record of size bytes begins with a handshake message
// of a type. Later ones are encrypted: they may have the type by chance, but not
// the length too.
func opens(content []byte, kind byte, size int64) bool {
	return len(content) >= 4 && content[0] == kind && int64(binary.BigEndian.Uint32(content)&0xffffff)+4 <= size
}

// applied judges by a record of type application data whether the handshake is
// over. Since TLS 1.3 most of the handshake is of that type too: there it is
// over when the client has sent such a record and another one follows it, from
// either side.
func (f *flow) applied(way Way, packet int) {
	s := &f.talk.secrets
	if f.Handshake == 0 && (s.agreed && s.early || s.replies) {
		f.Handshake = packet
	}
	s.replies = s.replies || way == Up && (s.greeted || f.Midstream)
}

// agree reads the version in a ServerHello: TLS 1.3 stands in the extension
// supported_versions (RFC 8446 section 4.2.1). Not found, it is an older one,
// if all of the message is at hand.
func (s *secrets) agree(message []byte) {
	s.greeted = true
	if len(message) < 39 {
		return
	}
	length := int(message[1])<<16 | int(message[2])<<8 | int(message[3])
	whole := len(message) >= 4+length
	rest := message[4:min(len(message), 4+length)]
	if len(rest) < 35 {
		return
	}
	at := 2 + 32 + 1 + int(rest[34]) + 2 + 1 // version, random, session id, cipher suite, compression
	if at+2 > len(rest) {
		s.agreed, s.early = whole, whole
		return
	}
	for rest = rest[at+2:]; len(rest) >= 4; {
		size := int(binary.BigEndian.Uint16(rest[2:]))
		if bytes.HasPrefix(rest, []byte{0, 43, 0, 2, 3, 4}) {
			s.agreed = true
			return
		}
		rest = rest[min(len(rest), 4+size):]
	}
	s.agreed, s.early = whole, whole
}
