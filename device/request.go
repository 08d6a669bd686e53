package device

import (
	"errors"
	"net/http"

	"rstorm/faults"
	"rstorm/results"
)

// Bounds of a request in bytes. A head may exceed its bound by the size of the
// read buffer; that of the body is the default and counts its content.
const (
	maxHead = 16 << 10
	maxBody = 1 << 20
)

// The paths that the device has.
const (
	controlPath = "/put/ctrl"
	statePath   = "/query/state"
)

// request is what the device needs to know of a request.
type request struct {
	event  faults.Event
	known  bool   // the device has this route
	about  string // id of the command that it only asks about, executing nothing; empty if it is no such question
	closes bool   // the client wants the connection closed after the answer
	old    bool   // HTTP/1.0
}

// next reads a request and answers it. It counts as received once its head is
// read.
func (c *connection) next() (over bool) {
	head, err := http.ReadRequest(c.in)
	switch {
	case err != nil:
		return c.unreadable(err)
	case head.ProtoMajor != 1:
		return c.reject(http.StatusHTTPVersionNotSupported)
	}
	r := c.note(head)
	if over, err := c.receive(head, r.event); over || err != nil {
		return over || c.unreadable(err)
	}
	return c.exchange(r)
}

// unreadable ends a connection whose request can't be read.
func (c *connection) unreadable(err error) (over bool) {
	switch {
	case c.source.err != nil: // the transport's end, not the request's fault
		return c.lost(c.source.err)
	case errors.Is(err, errBudget):
		return c.reject(http.StatusRequestHeaderFieldsTooLarge)
	case errors.Is(err, errTooLarge):
		return c.tooLarge()
	}
	return c.reject(http.StatusBadRequest)
}

// note gives the request its number and its id.
func (c *connection) note(r *http.Request) request {
	id, about := names(r)
	c.received++
	c.command.Store(&id)
	c.device.reporter.received(c, id)
	c.last = faults.Event{
		Command:    id,
		Method:     r.Method,
		Attempt:    c.device.ledger.receive(id),
		Connection: c.number,
		Exchange:   c.received,
	}
	return request{
		event:  c.last,
		known:  known(r.Method, r.URL.Path),
		about:  about,
		closes: r.Close,
		old:    !r.ProtoAtLeast(1, 1),
	}
}

// names reads the id of the command that r is, or, if it has none, of the one
// that it asks about: a query with the parameter of.
func names(r *http.Request) (id, about string) {
	if id = r.Header.Get(results.IDHeader); id != "" || r.URL.RawQuery == "" {
		return id, ""
	}
	query := r.URL.Query()
	if id = query.Get(results.IDParameter); id == "" && r.URL.Path == statePath {
		about = query.Get("of")
	}
	return id, about
}

// known reports whether the device has the route.
func known(method, path string) bool {
	switch path {
	case controlPath:
		return controls(method)
	case statePath:
		return method == http.MethodGet || method == http.MethodHead
	}
	return false
}

// controls reports whether the method changes the device's state.
func controls(method string) bool { return method == http.MethodPut || method == http.MethodPost }
