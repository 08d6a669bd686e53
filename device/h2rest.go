package device

import (
	"errors"
	"os"
	"time"
)

// await returns when the next frame has begun to arrive, or an idle fault, a
// GOAWAY, or the client has ended the connection. Nothing is idle while a
// stream is open.
func (h *h2) await() (over bool) {
	for {
		resting, leaving := h.rest()
		switch {
		case resting && leaving != "":
			return h.depart(leaving)
		case resting:
			return h.c.await()
		}
		h.c.source.budget = maxFrames
		_, err := h.c.in.Peek(1)
		h.wake()
		switch {
		case err == nil:
			return false
		case !errors.Is(err, os.ErrDeadlineExceeded): // that one says that no stream is open any more
			return h.lost(err)
		}
	}
}

// rest reports whether no stream is open and, then, why the connection is to
// end, if it is. Otherwise the reader is woken when that changes.
func (h *h2) rest() (resting bool, leaving Ending) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.blocked = len(h.streams) > 0
	return !h.blocked, h.leaving
}

// wake ends what rest began.
func (h *h2) wake() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.blocked = false
	if h.parking == nil {
		_ = h.c.tcp.SetReadDeadline(time.Time{}) // fails on a closed connection only
	}
}

// close takes s from the open streams; the goroutine of s calls it last.
func (h *h2) close(s *h2stream) {
	h.mu.Lock()
	defer h.mu.Unlock()
	s.settle()
	delete(h.streams, s.id)
	if len(h.streams) == 0 && h.blocked {
		h.poke()
	}
}

// poke wakes the reader from waiting for bytes.
func (h *h2) poke() {
	_ = h.c.tcp.SetReadDeadline(time.Unix(1, 0)) // fails on a closed connection only
}
