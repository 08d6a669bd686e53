package device

import (
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"

	"rstorm/faults"
	"rstorm/results"
)

// Bounds of a request, in bytes on the wire. A head may exceed its bound by
// the size of the read buffer.
const (
	maxHead = 16 << 10
	maxBody = 1 << 20
)

// request is what the device needs to know of a request that arrived whole.
type request struct {
	event    faults.Event
	exchange int  // its place on the connection, from 1
	known    bool // the device has this route
	closes   bool // the client wants the connection closed after the answer
	old      bool // HTTP/1.0
}

// next reads a request and answers it.
func (c *connection) next() (over bool) {
	r, err := http.ReadRequest(c.in)
	tooLarge := http.StatusRequestHeaderFieldsTooLarge
	if err == nil {
		tooLarge = http.StatusRequestEntityTooLarge
		err = c.readBody(r)
	}
	switch {
	case c.source.err != nil: // the transport's end, not the request's fault
		return c.lost(c.source.err)
	case errors.Is(err, errBudget):
		return c.reject(tooLarge)
	case err != nil:
		return c.reject(http.StatusBadRequest)
	case r.ProtoMajor != 1:
		return c.reject(http.StatusHTTPVersionNotSupported)
	}
	return c.exchange(c.note(r))
}

// readBody reads the body, whose content means nothing to the device.
func (c *connection) readBody(r *http.Request) error {
	if r.Body == http.NoBody {
		return nil
	}
	if r.ContentLength > maxBody {
		return errBudget
	}
	// RFC 9110 section 10.1.1: only now does the client send the body.
	if r.ProtoAtLeast(1, 1) && strings.EqualFold(r.Header.Get("Expect"), "100-continue") {
		if _, err := io.WriteString(c.tcp, "HTTP/1.1 100 Continue\r\n\r\n"); err != nil {
			c.source.err = err
			return err
		}
	}
	c.source.budget = maxBody
	_, err := io.Copy(io.Discard, r.Body)
	return err
}

// note gives the request its number and its id.
func (c *connection) note(r *http.Request) request {
	id := r.Header.Get(results.IDHeader)
	if id == "" && r.URL.RawQuery != "" {
		id = r.URL.Query().Get(results.IDParameter)
	}
	c.received++
	c.last = faults.Event{
		Command:    id,
		Method:     r.Method,
		Attempt:    c.device.ledger.receive(id),
		Connection: c.number,
	}
	return request{
		event:    c.last,
		exchange: c.received,
		known:    known(r.Method, r.URL.Path),
		closes:   r.Close,
		old:      !r.ProtoAtLeast(1, 1),
	}
}

// known reports whether the device has the route.
func known(method, path string) bool {
	switch path {
	case "/put/ctrl":
		return controls(method)
	case "/query/state":
		return method == http.MethodGet || method == http.MethodHead
	}
	return false
}

// controls reports whether the method changes the device's state.
func controls(method string) bool { return method == http.MethodPut || method == http.MethodPost }

// source is what a connection reads from. It bounds how much is read before
// [source.budget] is set again, and remembers how reading ended: a parser's
// error after that is not the request's fault.
type source struct {
	tcp    *net.TCPConn
	budget int
	err    error
}

var errBudget = errors.New("request too large")

// Read reads what the budget allows.
func (s *source) Read(p []byte) (int, error) {
	if s.budget <= 0 {
		return 0, errBudget
	}
	n, err := s.tcp.Read(p)
	s.budget -= n
	if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		s.err = err
	}
	return n, err
}
