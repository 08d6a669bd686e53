package device

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/http2"
)

// headers takes the head of a request, which begins it, or its trailers, which
// end it.
func (h *h2) headers(f *http2.MetaHeadersFrame) (over bool) {
	h.mu.Lock()
	s, used, leaving := h.streams[f.StreamID], h.used, h.leaving != ""
	full := h.open >= maxStreams || len(h.streams) >= maxServed
	h.used = max(h.used, f.StreamID)
	h.mu.Unlock()
	switch {
	case s != nil: // RFC 9113 section 8.1
		wrong := http2.ErrCodeProtocol
		if f.StreamEnded() {
			wrong = h.take(s, 0, 0, true)
		}
		if wrong != http2.ErrCodeNo {
			return h.idle() || h.refuse(s.id, wrong)
		}
		return false
	case f.StreamID%2 == 0:
		return h.fail(http2.ErrCodeProtocol)
	case f.StreamID <= used, leaving: // crossed the device's RST_STREAM or GOAWAY
		return h.idle()
	case full:
		return h.idle() || h.refuse(f.StreamID, http2.ErrCodeRefusedStream)
	}
	r := requestOf(f)
	if r == nil {
		return h.idle() || h.refuse(f.StreamID, http2.ErrCodeProtocol)
	}
	c := h.begin(f.StreamID, r, f.StreamEnded())
	if f.Truncated {
		h.tasks.Go(func() {
			defer h.close(c.on)
			c.on.reject(c, http.StatusRequestHeaderFieldsTooLarge)
		})
		return false
	}
	noted := h.c.note(r)
	c.last, c.received = h.c.last, h.c.received
	h.tasks.Go(func() { c.on.serve(c, r, noted) })
	return false
}

// hopByHop lists the fields that no message of HTTP/2 may have (RFC 9113
// section 8.2.2).
var hopByHop = []string{"Connection", "Keep-Alive", "Proxy-Connection", "Transfer-Encoding", "Upgrade"}

// requestOf makes of f what [http.ReadRequest] makes of a request's text, but
// for its body; nil if it is malformed (RFC 9113 section 8.1.1).
func requestOf(f *http2.MetaHeadersFrame) *http.Request {
	r := &http.Request{Method: f.PseudoValue("method"), Proto: "HTTP/2.0", ProtoMajor: 2, Header: http.Header{}, ContentLength: -1}
	target, err := url.ParseRequestURI(f.PseudoValue("path"))
	if err != nil || r.Method == "" || f.PseudoValue("scheme") == "" || f.PseudoValue("status") != "" {
		return nil
	}
	r.URL = target
	for _, field := range f.RegularFields() {
		r.Header.Add(field.Name, field.Value)
	}
	if te := r.Header.Get("Te"); te != "" && te != "trailers" ||
		slices.ContainsFunc(slices.Collect(maps.Keys(r.Header)), func(name string) bool { return slices.Contains(hopByHop, name) }) {
		return nil
	}
	if length := r.Header.Values("Content-Length"); len(length) > 0 {
		n, err := strconv.ParseUint(strings.TrimSpace(length[0]), 10, 63)
		if err != nil || len(length) > 1 {
			return nil
		}
		r.ContentLength = int64(n)
	}
	return r
}

// data takes a piece of a request's body.
func (h *h2) data(f *http2.DataFrame) (over bool) {
	h.mu.Lock()
	s, used := h.streams[f.StreamID], h.used
	h.mu.Unlock()
	n := int64(f.Length) // padding counts (RFC 9113 section 6.9.1)
	if n > h.credit {
		return h.fail(http2.ErrCodeFlowControl)
	}
	// What one stream is slow to take must not hold up the others.
	if h.credit -= n; h.credit < h2Window/2 {
		if h.allow(0, h2Window-h.credit) {
			return true
		}
		h.credit = h2Window
	}
	switch {
	case f.StreamID > used:
		return h.fail(http2.ErrCodeProtocol)
	case s == nil: // crossed the stream's end
		return h.idle()
	case n == 0 && !f.StreamEnded() && h.idle():
		return true
	}
	if wrong := h.take(s, n, int64(len(f.Data())), f.StreamEnded()); wrong != http2.ErrCodeNo {
		return h.idle() || h.refuse(s.id, wrong)
	}
	return false
}

// take notes what has arrived of the body of s, in a frame of length bytes,
// and whether that was all. It says what is wrong with it.
func (h *h2) take(s *h2stream, length, n int64, whole bool) (wrong http2.ErrCode) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case s.whole:
		return http2.ErrCodeStreamClosed
	case length > s.credit:
		return http2.ErrCodeFlowControl
	}
	s.credit -= length
	s.received += n
	if s.length >= 0 && (s.received > s.length || whole && s.received < s.length) {
		return http2.ErrCodeProtocol // RFC 9113 section 8.1.1
	}
	s.whole = whole
	h.tell()
	return http2.ErrCodeNo
}

// allow lets the client send so much more on a stream or (0) the connection.
func (h *h2) allow(id uint32, more int64) (over bool) {
	return h.write(func() error { return h.framer.WriteWindowUpdate(id, uint32(more)) })
}
