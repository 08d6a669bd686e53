package device

import (
	"errors"
	"math"

	"golang.org/x/net/http2"
)

// depart ends the connection in order: nobody is cut off in the middle of a
// request that crosses the end.
func (h *h2) depart(why Ending) (over bool) {
	h.hold()
	h.c.notify()
	h.c.linger()
	h.c.end(plainly, why)
	return true
}

// hold makes the device write nothing more.
func (h *h2) hold() {
	h.writing.Lock()
	defer h.writing.Unlock()
	h.silent = true
}

// fail ends the connection because of what the client sent (RFC 9113 section
// 5.4.1).
func (h *h2) fail(code http2.ErrCode) (over bool) {
	if h.goAway(RequestRejected, math.MaxUint32, code) {
		return true
	}
	return h.depart(RequestRejected)
}

// lost ends the connection after an error in reading or writing. The end that a
// GOAWAY announced is that one also where the client closes first, waiting for
// no answer any more.
func (h *h2) lost(err error) (over bool) {
	h.mu.Lock()
	why := h.leaving
	for _, s := range h.streams {
		if !s.settled && !s.gone {
			why = ""
		}
	}
	h.mu.Unlock()
	if why == "" || why == CloseHonoured { // that GOAWAY was the client's
		return h.c.lost(err)
	}
	h.c.end(plainly, why)
	return true
}

// unreadable ends the connection after an error in reading a frame.
func (h *h2) unreadable(err error) (over bool) {
	if h.c.source.err != nil {
		return h.lost(h.c.source.err)
	}
	broken, ok := errors.AsType[http2.ConnectionError](err)
	switch {
	case ok:
		return h.fail(http2.ErrCode(broken))
	case errors.Is(err, http2.ErrFrameTooLarge):
		return h.fail(http2.ErrCodeFrameSize)
	case errors.Is(err, errBudget):
		return h.fail(http2.ErrCodeEnhanceYourCalm)
	}
	return h.fail(http2.ErrCodeProtocol)
}
