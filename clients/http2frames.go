package clients

import (
	"encoding/binary"
	"net"
	"sync"

	"rstorm/results"
)

// Types and flags of frames (RFC 9113 section 6).
const (
	frameData      = 0x0
	frameHeaders   = 0x1
	frameRSTStream = 0x3
	frameGoAway    = 0x7

	flagEndStream = 0x1
)

// Lengths: of the client's connection preface (RFC 9113 section 3.4), a frame's
// header (section 4.1), and what is kept of a payload.
const (
	prefaceLength = 24
	headerLength  = 9
	payloadKept   = 8
)

// A frames passes HTTP/2 on and notes what its frames tell of the exchange that
// was begun last: net/http has no exported error for how that ended. It decodes
// no fields, and changes nothing.
type frames struct {
	net.Conn
	sending, receiving scanner // used by one goroutine at a time each

	mu       sync.Mutex
	stream   uint32 // the last that was opened
	begun    uint32 // stream as the exchange began
	ending   bool   // the last frame of the request was begun
	written  bool   // the last byte of the request was taken by the connection
	answered bool   // HEADERS came on the stream
	reset    bool   // RST_STREAM came on the stream
	away     *goAwayError
	end      error // the first that Read returned
}

func watchFrames(conn net.Conn) *frames {
	return &frames{Conn: conn, sending: scanner{skip: prefaceLength}}
}

// Read reads and takes note.
func (f *frames) Read(p []byte) (int, error) {
	n, err := f.Conn.Read(p)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.receiving.scan(p[:n], f.received)
	if err != nil && f.end == nil {
		f.end = err
	}
	return n, err
}

// Write takes note and writes: an answer may be read before Write returns.
func (f *frames) Write(p []byte) (int, error) {
	f.mu.Lock()
	f.sending.scan(p, f.sent)
	f.mu.Unlock()
	n, err := f.Conn.Write(p)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.written = f.written || f.ending && err == nil && f.sending.between()
	return n, err
}

// sent notes a frame that is about to be written, or its beginning is.
func (f *frames) sent(kind, flags byte, stream uint32, _ []byte) {
	if kind == frameHeaders && stream > f.stream {
		f.stream, f.ending, f.written, f.answered, f.reset = stream, false, false, false, false
	}
	if (kind == frameHeaders || kind == frameData) && stream == f.stream && flags&flagEndStream != 0 {
		f.ending = true
	}
}

func (f *frames) received(kind, _ byte, stream uint32, payload []byte) {
	switch {
	case kind == frameGoAway && len(payload) == 8:
		last := binary.BigEndian.Uint32(payload) &^ (1 << 31)
		f.away = &goAwayError{last: last, code: errorCode(binary.BigEndian.Uint32(payload[4:]))}
	case kind == frameHeaders && stream == f.stream:
		f.answered = true
	case kind == frameRSTStream && stream == f.stream:
		f.reset = true
	}
}

// begin begins an exchange.
func (f *frames) begin() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.begun = f.stream
}

// opened reports whether the request's stream was opened, so that the peer may
// know of it.
func (f *frames) opened() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.stream != f.begun
}

// phase is how far the exchange came, up to the answer's head.
func (f *frames) phase() results.Phase {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.stream == f.begun || !f.written && !f.answered:
		return results.PhaseSend
	case !f.answered:
		return results.PhaseWait
	}
	return results.PhaseHead
}

// fate is what the peer said of the exchange and its connection: whether it
// reset the stream; the last GOAWAY, nil if there was none, and whether that
// says that the request was not processed, as none is that was not sent; and
// how reading ended, nil if it has not.
func (f *frames) fate() (reset bool, away *goAwayError, unprocessed bool, end error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	opened := f.stream != f.begun
	return opened && f.reset, f.away, f.away != nil && (!opened || f.away.last < f.stream), f.end
}

// leaving reports whether the peer has announced that it ends the connection.
func (f *frames) leaving() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.away != nil
}

// A scanner finds the frames in one direction of a connection, however its
// bytes are cut into pieces.
type scanner struct {
	skip   int // bytes to pass over
	kept   [headerLength + payloadKept]byte
	filled int
}

// scan takes the next bytes and calls note for each frame, with the first bytes
// of its payload, as soon as these are there.
func (s *scanner) scan(p []byte, note func(kind, flags byte, stream uint32, payload []byte)) {
	for len(p) > 0 {
		if s.skip > 0 {
			n := min(s.skip, len(p))
			s.skip -= n
			p = p[n:]
			continue
		}
		want := headerLength
		if s.filled >= headerLength {
			want += min(s.length(), payloadKept)
		}
		n := copy(s.kept[s.filled:want], p)
		s.filled += n
		p = p[n:]
		if s.filled < headerLength || s.filled < headerLength+min(s.length(), payloadKept) {
			continue
		}
		stream := binary.BigEndian.Uint32(s.kept[5:]) &^ (1 << 31)
		note(s.kept[3], s.kept[4], stream, s.kept[headerLength:s.filled])
		s.skip = s.length() - (s.filled - headerLength)
		s.filled = 0
	}
}

// between reports whether the last frame ended with the last byte.
func (s *scanner) between() bool { return s.skip == 0 && s.filled == 0 }

// length is that of the payload, once the header is there.
func (s *scanner) length() int {
	return int(s.kept[0])<<16 | int(s.kept[1])<<8 | int(s.kept[2])
}
