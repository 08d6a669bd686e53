package device

import (
	"cmp"
	"errors"
	"math"

	"golang.org/x/net/http2"
)

// next reads a frame and does what it says.
func (h *h2) next() (over bool) {
	h.c.source.budget = maxFrames
	f, err := h.framer.ReadFrame()
	if malformed, ok := errors.AsType[http2.StreamError](err); ok {
		h.mu.Lock()
		h.used = max(h.used, malformed.StreamID)
		h.mu.Unlock()
		return h.idle() || h.refuse(malformed.StreamID, malformed.Code)
	}
	if err != nil {
		return h.unreadable(err)
	}
	switch f := f.(type) {
	case *http2.MetaHeadersFrame:
		return h.headers(f)
	case *http2.DataFrame:
		return h.data(f)
	case *http2.SettingsFrame:
		return h.idle() || !f.IsAck() && h.set(f)
	case *http2.PingFrame:
		return h.idle() || !f.IsAck() && h.write(func() error { return h.framer.WritePing(true, f.Data) })
	case *http2.WindowUpdateFrame:
		return h.idle() || h.widen(f.StreamID, int64(f.Increment))
	case *http2.RSTStreamFrame:
		return h.idle() || h.abandon(f.StreamID)
	case *http2.GoAwayFrame:
		h.mu.Lock()
		h.leaving = cmp.Or(h.leaving, CloseHonoured)
		h.mu.Unlock()
		return false
	case *http2.PushPromiseFrame: // clients can't push
		return h.fail(http2.ErrCodeProtocol)
	}
	return h.idle()
}

// idle counts a frame that asks for nothing: a client that sends them without
// end is told to go (RFC 9113 section 10.5).
func (h *h2) idle() (over bool) {
	if h.idling.Add(1) > maxIdling {
		return h.fail(http2.ErrCodeEnhanceYourCalm)
	}
	return false
}

// set takes over the client's settings and acknowledges them. Of no meaning
// here are those that bound pushes, which the device has none of, and frames,
// which never exceed the least bound there is.
func (h *h2) set(f *http2.SettingsFrame) (over bool) {
	table, wrong := uint32(0), http2.ErrCodeNo
	resize := false
	_ = f.ForeachSetting(func(s http2.Setting) error { // returns what the function does
		if broken, ok := errors.AsType[http2.ConnectionError](s.Valid()); ok {
			wrong = http2.ErrCode(broken)
		}
		switch s.ID {
		case http2.SettingHeaderTableSize:
			table, resize = s.Val, true
		case http2.SettingInitialWindowSize:
			if wrong == http2.ErrCodeNo && !h.resize(int64(s.Val)) {
				wrong = http2.ErrCodeFlowControl
			}
		}
		return nil
	})
	if wrong != http2.ErrCodeNo {
		return h.fail(wrong)
	}
	return h.write(func() error {
		if resize {
			h.encoder.SetMaxDynamicTableSizeLimit(table)
		}
		return h.framer.WriteSettingsAck()
	})
}

// resize changes the window of every stream to begin with initial; it reports
// whether all of them can have it (RFC 9113 section 6.9.2).
func (h *h2) resize(initial int64) (ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	ok = true
	for _, s := range h.streams {
		s.window += initial - h.initial
		ok = ok && s.window <= math.MaxInt32
	}
	h.initial = initial
	h.tell()
	return ok
}

// widen lets more content be sent, on a stream or (0) on the connection.
func (h *h2) widen(id uint32, by int64) (over bool) {
	h.mu.Lock()
	window, s := &h.window, h.streams[id]
	if s != nil {
		window = &s.window
	}
	known := id == 0 || s != nil
	if known {
		*window += by
		h.tell()
	}
	tooWide, ahead := known && *window > math.MaxInt32, id > h.used
	h.mu.Unlock()
	switch {
	case ahead:
		return h.fail(http2.ErrCodeProtocol)
	case tooWide && s == nil:
		return h.fail(http2.ErrCodeFlowControl)
	case tooWide:
		return h.refuse(id, http2.ErrCodeFlowControl)
	}
	return false
}

// abandon lets a request go on without an answer: the client has reset its
// stream.
func (h *h2) abandon(id uint32) (over bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if s := h.streams[id]; s != nil {
		s.gone = true
		s.settle()
		h.tell()
	}
	return false
}

// refuse resets a stream and lets its request, if it is open, go on without an
// answer.
func (h *h2) refuse(id uint32, code http2.ErrCode) (over bool) {
	return h.abandon(id) || h.write(func() error { return h.framer.WriteRSTStream(id, code) })
}

// tell wakes who waits for a change. The lock must be held.
func (h *h2) tell() {
	close(h.changed)
	h.changed = make(chan struct{})
}
