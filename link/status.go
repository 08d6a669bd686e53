package link

import (
	"fmt"
	"net/http"
	"strings"

	"rstorm/faults"
	"rstorm/results"
)

// status makes the link answer the request that is held, as a gateway does.
// The device never hears of it, and the connection goes on. Faults at response
// and after-response strike the device's answers and not the link's.
func status(r *relay, s faults.Strike) { r.up.requests.refusal = s.Fault }

// refuse answers ex, whose request is held, when its turn has come, and throws
// the request away. Its turn never comes if the device ends the connection
// before. It reports whether the connection goes on.
func (q *requests) refuse(ex *exchange) bool {
	r, f := q.r, q.refusal
	q.refusal, q.refused = nil, true
	q.arrived -= int64(len(q.held))
	q.held = nil
	r.dropStops(q.arrived)
	turn := r.awaitTurn(ex)
	if !r.passing(q.f) {
		return false
	}
	delivered := turn && r.write(r.client, ownAnswer(ex.Exchange, f))
	r.mu.Lock()
	if ex.own = true; turn {
		ex.Status = f.Code
	}
	r.mu.Unlock()
	if turn {
		r.responseDone(ex, -1, delivered)
	}
	r.touch()   // only now: the idle watch looks whether a request is open
	return true // a client that is gone shows to its reader
}

// ownAnswer is the answer to ex that f asks for (RFC 9112 section 4, RFC 9110
// section 10.2.3).
func ownAnswer(ex Exchange, f *faults.Fault) []byte {
	b := fmt.Appendf(nil, "HTTP/1.1 %d %s\r\n", f.Code, http.StatusText(f.Code))
	content := http.StatusText(f.Code) + "\n"
	switch {
	case f.Code == http.StatusNoContent || f.Code == http.StatusNotModified: // RFC 9110 sections 15.3.5 and 15.4.5: no content
		content = ""
	default:
		b = fmt.Appendf(b, "Content-Type: text/plain\r\nContent-Length: %d\r\n", len(content))
	}
	if f.RetryAfter > 0 {
		b = fmt.Appendf(b, "Retry-After: %d\r\n", f.RetryAfter)
	}
	if ex.Identified && !strings.ContainsFunc(ex.Command, func(c rune) bool { return c <= ' ' || c > '~' }) {
		b = fmt.Appendf(b, "%s: %s\r\n", results.IDHeader, ex.Command)
	}
	b = append(b, "\r\n"...)
	if ex.Method == http.MethodHead {
		return b
	}
	return append(b, content...)
}
