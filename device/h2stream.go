package device

import (
	"cmp"
	"errors"
	"io"
	"net/http"
	"strings"

	"golang.org/x/net/http2"
)

// h2stream is an open stream: a request and its answer.
type h2stream struct {
	h      *h2
	id     uint32
	length int64 // of the body, as announced; -1 is unknown
	asks   bool  // the client waits to be asked for the body

	rejected bool // the answer is to a request that can't be read
	counted  bool // the answer is

	// Under the connection's lock.
	received int64 // bytes of the body
	read     int64 // of these
	credit   int64 // bytes the client may still send
	window   int64 // bytes of content that may be sent
	whole    bool  // the request is
	settled  bool  // it counts no more as open
	gone     bool  // nobody wants the answer: the client has reset the stream, or a GOAWAY disowned it
}

var errGone = errors.New("stream was reset")

// begin opens a stream for a request whose head has arrived.
func (h *h2) begin(id uint32, r *http.Request, whole bool) *connection {
	s := &h2stream{h: h, id: id, length: r.ContentLength, credit: h2Window, whole: whole}
	s.asks = !whole && strings.EqualFold(r.Header.Get("Expect"), "100-continue")
	r.Header.Del("Expect") // Read asks
	if r.Body = s; whole {
		r.Body = http.NoBody
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.highest = id
	s.window = h.initial
	h.streams[id] = s
	h.open++
	// A copy of the connection for this exchange alone. Its source is not read.
	c := *h.c
	c.on, c.out, c.source = s, wire{}, new(source)
	return &c
}

// serve takes a request through its life. What remains of one that is too large
// is not received, nor is what follows the head on a connection over a limit.
func (s *h2stream) serve(c *connection, head *http.Request, r request) {
	defer s.h.close(s)
	if c.turned != "" {
		c.explainStream()
		return
	}
	over, err := c.receive(head, r.event)
	switch {
	case over:
	case errors.Is(err, errTooLarge):
		s.tooLarge(c)
	case err == nil:
		c.exchange(r)
	}
}

// settle makes room for another stream: to the client, s is closed. The lock
// must be held.
func (s *h2stream) settle() {
	if !s.settled {
		s.settled = true
		s.h.open--
	}
}

// tooLarge rejects a request whose body is too large, as the profile says.
func (s *h2stream) tooLarge(c *connection) {
	how := cmp.Or(c.device.profile.TooLarge, LargeDrain)
	if how != LargeSilent && s.reject(c, http.StatusRequestEntityTooLarge) {
		return
	}
	if how != LargeDrain {
		c.end(plainly, RequestRejected)
	}
}

// reject answers, and asks the client to stop sending (RFC 9113 section 8.1).
func (s *h2stream) reject(c *connection, status int) (over bool) {
	s.rejected = true
	return s.send(c, answer{status: status, body: problem(status)}, nil) ||
		s.h.write(func() error { return s.h.framer.WriteRSTStream(s.id, http2.ErrCodeNo) })
}

// Read waits for the body. What its bytes are means nothing to the device: p
// is left as it is.
func (s *h2stream) Read(p []byte) (n int, err error) {
	if s.asks {
		s.asks = false
		if s.head(http.StatusContinue, nil, false, nil) || s.h.write(nil) {
			return 0, errGone
		}
	}
	var more int64
	over := s.h.until(func() bool {
		n = int(min(int64(len(p)), s.received-s.read))
		switch {
		case n == 0 && s.whole:
			err = io.EOF
		case s.gone:
			err = errGone
		case n == 0:
			return false
		}
		s.read += int64(n)
		if owed := h2Window - (s.received - s.read) - s.credit; !s.whole && owed > h2Window/2 {
			s.credit, more = s.credit+owed, owed
		}
		return true
	})
	if over || more > 0 && s.h.allow(s.id, more) {
		return 0, errGone
	}
	return n, err
}

// Close does nothing: a stream ends with its exchange.
func (s *h2stream) Close() error { return nil }
