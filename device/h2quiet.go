package device

import "time"

// A parking is where the goroutine that reads an HTTP/2 connection waits while
// that is hushed.
type parking struct {
	reached, left chan struct{}
}

// hush stops all that reads from the connection and writes to it but the
// caller, until resume is called. Over HTTP/1.1 there is nothing else.
func (c *connection) hush() (resume func()) {
	if c.h2 == nil {
		return func() {}
	}
	return c.h2.hush(c.on == nil)
}

// hush does so; the caller may be the reader itself.
func (h *h2) hush(reader bool) (resume func()) {
	h.hushing.Lock()
	p := &parking{make(chan struct{}), make(chan struct{})}
	if !reader {
		h.mu.Lock()
		h.parking = p
		h.poke()
		h.mu.Unlock()
		select {
		case <-p.reached:
		case <-h.ended:
		}
	}
	h.writing.Lock()
	return func() {
		h.writing.Unlock()
		close(p.left)
		h.hushing.Unlock()
	}
}

// park waits where the reader is to wait, if it is. The reader calls it when a
// deadline has passed, which may have been set for that.
func (h *h2) park() (parked bool) {
	h.mu.Lock()
	p := h.parking
	if h.parking = nil; p != nil {
		_ = h.c.tcp.SetReadDeadline(time.Time{}) // fails on a closed connection only
	}
	h.mu.Unlock()
	if p == nil {
		return false
	}
	close(p.reached)
	<-p.left
	return true
}
