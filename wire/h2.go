package wire

import "encoding/binary"

// h2 reads a piece of an HTTP/2 stream (RFC 9113 section 4.1).
func (t *Table) h2(f *flow, way Way, p piece) {
	r := &f.talk.streams[way].frames
	if way == Up && r.count == 0 && r.have == 0 && r.left == 0 && p.start && p.seq <= 1 {
		r.left = int64(len(preface))
	}
	for !r.lost {
		packet := p.packet
		if !r.next(&p, 9) {
			return
		}
		length := int64(binary.BigEndian.Uint32(r.head[:]) >> 8)
		r.left = length
		name, ends := "", false
		if kind := int(r.head[3]); kind < len(h2Frames) {
			name, ends = h2Frames[kind].name, h2Frames[kind].ends
		}
		if way == Down && ends {
			f.Goodbye = h2Frames[r.head[3]].goodbye
		}
		if name != "" {
			t.says(f, packet, name, ends)
		}
	}
}

// preface is what an HTTP/2 client sends first (RFC 9113 section 3.4).
const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

// settings is the number of the frame that a server sends first.
const settings = 4

// isSettings reports whether b begins with a frame of settings (RFC 9113 section
// 6.5), which is of stream 0 and holds rows of six bytes.
func isSettings(b []byte) bool {
	if len(b) < 9 || b[3] != settings {
		return false
	}
	return binary.BigEndian.Uint32(b)>>8%6 == 0 && b[4]&^1 == 0 && binary.BigEndian.Uint32(b[5:]) == 0
}

// h2Frames lists the types of frames by their numbers (RFC 9113 section 6).
var h2Frames = [...]struct {
	name    string
	ends    bool   // it ends a stream or the connection
	goodbye string // what a conversation says of it
}{
	{name: "DATA"},
	{name: "HEADERS"},
	{name: "PRIORITY"},
	{"RST_STREAM", true, "rst-stream"},
	{name: "SETTINGS"},
	{name: "PUSH_PROMISE"},
	{name: "PING"},
	{"GOAWAY", true, "goaway"},
	{name: "WINDOW_UPDATE"},
	{name: "CONTINUATION"},
}
