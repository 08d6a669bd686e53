package device

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"rstorm/faults"
)

// deliver sends the answer as the protocol has it, and counts it.
func (c *connection) deliver(a answer, within []faults.Strike) (over bool) {
	if c.on != nil {
		return c.on.send(c, a, within)
	}
	over = c.send(a, within)
	if !over {
		c.answered.Add(1)
	}
	return over
}

// send writes the answer as a head and as many pieces of content as within cuts
// it into, and carries each of within out in its place.
func (s *h2stream) send(c *connection, a answer, within []faults.Strike) (over bool) {
	var fields []hpack.HeaderField
	content := a.fields(func(name, value string) {
		fields = append(fields, hpack.HeaderField{Name: strings.ToLower(name), Value: value})
	})
	bare := len(content)+len(within) == 0
	if s.head(a.status, fields, bare, c) {
		return true
	}
	slices.SortStableFunc(within, func(s, t faults.Strike) int { return cmp.Compare(s.Bytes, t.Bytes) })
	sent := 0
	for i, strike := range within {
		upTo := int(min(strike.Bytes, int64(len(content))))
		if s.pass(content[sent:upTo], nil) || s.h.write(nil) || c.suffer(within[i:i+1]) {
			return true
		}
		sent = upTo
	}
	if !bare && s.pass(content[sent:], c) || s.h.write(nil) {
		s.uncount(c)
		return true
	}
	return false
}

// head readies an answer's head, or an interim one's. With last it is all of
// c's exchange.
func (s *h2stream) head(status int, fields []hpack.HeaderField, last bool, c *connection) (over bool) {
	if over, _ := s.grant(0); over {
		return true
	}
	h := s.h
	return h.ready(func() error {
		h.block.Reset()
		_ = h.encoder.WriteField(hpack.HeaderField{Name: ":status", Value: strconv.Itoa(status)}) // into memory: it can't fail
		for _, f := range fields {
			_ = h.encoder.WriteField(f)
		}
		if last {
			s.count(c)
		}
		return h.framer.WriteHeaders(http2.HeadersFrameParam{
			StreamID: s.id, BlockFragment: h.block.Bytes(), EndHeaders: true, EndStream: last,
		})
	})
}

// pass readies a piece of content as the client's windows let it (RFC 9113
// section 5.2). With c it is the last of c's exchange.
func (s *h2stream) pass(content []byte, c *connection) (over bool) {
	for first := c != nil; first || len(content) > 0; first = false {
		over, n := s.grant(len(content))
		last := c != nil && n == len(content)
		if over || s.h.ready(func() error {
			if last {
				s.count(c)
			}
			return s.h.framer.WriteData(s.id, last, content[:n])
		}) {
			return true
		}
		content = content[n:]
	}
	return false
}

// count counts the answer before the client can see that it is whole: then it
// may close, or ask for more.
func (s *h2stream) count(c *connection) {
	s.h.idling.Store(0)
	s.h.mu.Lock()
	s.settle()
	s.h.mu.Unlock()
	if s.counted = !s.rejected; s.counted {
		c.answered.Add(1)
	}
}

// uncount takes that back: the answer did not get away.
func (s *h2stream) uncount(c *connection) {
	if s.counted {
		c.answered.Add(-1)
	}
}

// grant waits until any of n bytes of content may be sent and takes that many
// from the windows. Over is that nobody wants them.
func (s *h2stream) grant(n int) (over bool, granted int) {
	gone := false
	look := func() bool {
		gone = s.gone
		granted = int(max(0, min(int64(n), s.window, s.h.window, 16<<10)))
		s.window -= int64(granted)
		s.h.window -= int64(granted)
		return gone || granted > 0 || n == 0
	}
	s.h.mu.Lock()
	done := look()
	s.h.mu.Unlock()
	over = !done && (s.h.write(nil) || s.h.until(look)) // the client must see what is ready
	return over || gone, granted
}

// until waits until ready, which is called under the lock, or the connection
// has ended.
func (h *h2) until(ready func() bool) (over bool) {
	for {
		h.mu.Lock()
		ok, changed := ready(), h.changed
		h.mu.Unlock()
		if ok {
			return false
		}
		select {
		case <-changed:
		case <-h.ended:
			return true
		}
	}
}

// ready makes frames go out with the next write.
func (h *h2) ready(frames func() error) (over bool) {
	h.writing.Lock()
	defer h.writing.Unlock()
	if h.silent {
		return true
	}
	if err := frames(); err != nil {
		return h.lost(err)
	}
	return false
}

// write sends frames, if any, and all that is ready, in one piece.
func (h *h2) write(frames func() error) (over bool) {
	return h.ready(func() error {
		if frames != nil {
			if err := frames(); err != nil {
				return err
			}
		}
		return h.out.Flush()
	})
}
