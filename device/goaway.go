package device

import (
	"cmp"
	"math"

	"golang.org/x/net/http2"

	"rstorm/faults"
)

// goAway announces the end of the connection, which comes once no stream is
// open. The request that it strikes gets no answer but that. The last stream
// which it names as perhaps processed is a statement that need not be true:
//
//   - before-forward, below: not processed, and it was not: safe to resend
//   - before-forward, at: perhaps processed, and it was not
//   - after-forward, below: not processed, but it was: a client that believes
//     it executes it twice
//   - after-forward, at: perhaps processed, and it was
//
// At the points after-response and idle there is no such request, and the
// newest stream is the last.
//
// Streams above the last are disowned with it: they too get no answer.
func goAway(c *connection, s faults.Strike) (over bool) {
	why, code := byFault(s.Fault), http2.ErrCode(faults.Codes[s.Error])
	if c.on == nil {
		return c.h2.goAway(why, math.MaxUint32, code) || c.h2.depart(why)
	}
	last := uint32(math.MaxUint32)
	if s.Last == faults.Below {
		last = max(c.on.id, 2) - 2
	}
	c.h2.goAway(why, last, code)
	return true
}

// goAway says GOAWAY with the newest stream as the last one, or with most if
// that is less. New streams are ignored from here on, and the connection ends,
// because of why, once none is open.
func (h *h2) goAway(why Ending, most uint32, code http2.ErrCode) (over bool) {
	h.mu.Lock()
	h.leaving = cmp.Or(h.leaving, why)
	last := min(h.highest, most)
	for id, s := range h.streams {
		s.gone = s.gone || id > last
	}
	h.tell()
	h.mu.Unlock()
	return h.write(func() error { return h.framer.WriteGoAway(last, code, nil) })
}
