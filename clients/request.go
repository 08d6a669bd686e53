package clients

import (
	"io"
	"strconv"
	"strings"

	"rstorm/results"
)

// bodyType is said of every body: a command's body is bytes to us.
const bodyType = "application/octet-stream"

// uniqueParameter is the URL parameter that a unique request ends with.
const uniqueParameter = "unique"

// A request is one HTTP/1.1 request message (RFC 9112 section 2.1) in a buffer
// that is used again for the next.
type request struct {
	text   []byte
	idFrom int
	idTo   int
	body   int // where it begins
}

// id is the command id within the text; empty if there is none.
func (r *request) id() []byte { return r.text[r.idFrom:r.idTo] }

// writeTo writes the request in one piece; in two, head and body, if that is
// the number of segments. A request without a body is not split.
func (r *request) writeTo(w io.Writer, segments int) error {
	from := 0
	if segments == 2 && r.body < len(r.text) {
		if _, err := w.Write(r.text[:r.body]); err != nil {
			return err
		}
		from = r.body
	}
	_, err := w.Write(r.text[from:])
	return err
}

// build writes m as the settings want it, with param as its unique parameter.
func (r *request) build(m *call, host string, s *Raw, param uint64) {
	cmd := &m.Command
	b := append(r.text[:0], cmd.Method...)
	b = append(b, ' ')
	b = append(b, cmd.Target...)
	if s.Unique {
		b = appendUnique(b, cmd.Target, param)
	}
	b = append(b, " HTTP/1.1\r\nHost: "...)
	b = append(b, host...)
	r.idFrom, r.idTo = len(b), len(b)
	if !m.asks {
		b = append(b, "\r\n"+results.IDHeader+": "...)
		r.idFrom = len(b)
		b = cmd.ID.AppendTo(b)
		r.idTo = len(b)
	}
	if s.announces() {
		b = append(b, "\r\nConnection: close"...)
	}
	if len(cmd.Body) > 0 {
		b = append(b, "\r\nContent-Type: "+bodyType...)
	}
	if len(cmd.Body) > 0 || expectsBody(cmd.Method) {
		b = append(b, "\r\nContent-Length: "...)
		b = strconv.AppendInt(b, int64(len(cmd.Body)), 10)
	}
	b = append(b, "\r\n\r\n"...)
	r.body = len(b)
	r.text = append(b, cmd.Body...)
}

func appendUnique(b []byte, target string, param uint64) []byte {
	if strings.Contains(target, "?") {
		b = append(b, '&')
	} else {
		b = append(b, '?')
	}
	b = append(b, uniqueParameter+"="...)
	return strconv.AppendUint(b, param, 36)
}

// expectsBody reports whether a request with no body says so by a
// Content-Length of 0 (RFC 9110 section 8.6).
func expectsBody(method string) bool {
	return method == "PUT" || method == "POST" || method == "PATCH"
}
