package clients

import (
	"bufio"
	"crypto/tls"
	"encoding/binary"
	"io"
	"net"
	"testing"

	"rstorm/results"
)

// An h2peer is one HTTP/2 connection as the server has it: it writes its frames
// by hand.
type h2peer struct {
	*peer
	conn    net.Conn
	settled bool // the client has acknowledged our settings
	taken   int  // bytes of bodies
}

// serveH2 plays a script over HTTP/2, once the prefaces are exchanged. It
// counts requests by their place on the server, from 1.
func serveH2(t *testing.T, protocol results.Protocol, script func(h *h2peer)) (*server, Network) {
	config, trust := certified(t, protocol)
	s := serve(t, func(p *peer) {
		h := &h2peer{peer: p, conn: p.TCPConn}
		if protocol.TLS() {
			h.conn = tls.Server(p.TCPConn, config)
			p.reader = bufio.NewReader(h.conn)
		}
		if h.greet() {
			script(h)
		}
	})
	n := s.network()
	n.Protocol, n.TLS = protocol, trust
	return s, n
}

// greet exchanges prefaces and reports whether a client was there.
func (h *h2peer) greet() bool {
	if _, err := io.CopyN(io.Discard, h.reader, prefaceLength); err != nil {
		return false
	}
	h.frame(0x4, 0, 0, "")
	return true
}

// frame writes a frame.
func (h *h2peer) frame(kind, flags byte, stream uint32, payload string) {
	b := []byte{byte(len(payload) >> 16), byte(len(payload) >> 8), byte(len(payload)), kind, flags}
	b = binary.BigEndian.AppendUint32(b, stream)
	h.conn.Write(append(b, payload...))
}

// request reads frames up to the end of a request and until the client has
// acknowledged the settings, so that nothing more of its is on the way, and
// returns the request's stream; 0 if none comes any more.
func (h *h2peer) request() uint32 {
	whole := uint32(0)
	for whole == 0 || !h.settled {
		kind, flags, stream := h.read()
		switch {
		case kind == 0xff:
			return 0
		case kind == 0x4 && flags&1 != 0:
			h.settled = true
		case (kind == frameHeaders || kind == frameData) && flags&flagEndStream != 0:
			whole = stream
		}
	}
	h.server.mu.Lock()
	defer h.server.mu.Unlock()
	h.server.received["requests"]++
	return whole
}

// read reads a frame; its kind is 0xff if none comes any more.
func (h *h2peer) read() (kind, flags byte, stream uint32) {
	var header [headerLength]byte
	if _, err := io.ReadFull(h.reader, header[:]); err != nil {
		return 0xff, 0, 0
	}
	payload := make([]byte, int(header[0])<<16|int(header[1])<<8|int(header[2]))
	if _, err := io.ReadFull(h.reader, payload); err != nil {
		return 0xff, 0, 0
	}
	kind, flags = header[3], header[4]
	if kind == frameData {
		h.taken += len(payload)
	}
	if (kind == 0x4 || kind == 0x6) && flags&1 == 0 { // SETTINGS and PING want an ACK
		if kind == 0x4 {
			payload = nil
		}
		h.frame(kind, 1, 0, string(payload))
	}
	return kind, flags, binary.BigEndian.Uint32(header[5:])
}

// okHead is the field block of an answer (RFC 7541): :status 200, content-length.
func okHead(length string) string { return "\x88\x0f\x0d" + string(rune(len(length))) + length }

// answer answers whole.
func (h *h2peer) answer(stream uint32) {
	h.frame(frameHeaders, 0x4, stream, okHead("2"))
	h.frame(frameData, flagEndStream, stream, "ok")
}

// begin begins an answer and leaves it at that.
func (h *h2peer) begin(stream uint32) {
	h.frame(frameHeaders, 0x4, stream, okHead("10"))
	h.frame(frameData, 0, stream, "ok")
}

func (h *h2peer) rst(stream uint32, code errorCode) {
	h.frame(frameRSTStream, 0, stream, string(binary.BigEndian.AppendUint32(nil, uint32(code))))
}

func (h *h2peer) goAway(last uint32, code errorCode) {
	h.frame(frameGoAway, 0, 0, string(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, last), uint32(code)))+"why")
}

// serveOn answers every further request.
func (h *h2peer) serveOn() {
	for stream := h.request(); stream != 0; stream = h.request() {
		h.answer(stream)
	}
	<-h.server.shut
}
