package device

import (
	"cmp"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"

	"rstorm/faults"
)

// body is the body of the request that is being read. Its content means
// nothing to the device.
type body struct {
	*connection
	of    *http.Request
	limit int64 // on its content, in bytes
	read  int64 // of its content
	asked bool  // a client that wants to be asked for it was
	whole bool
}

var errTooLarge = errors.New("request body too large")

// receive reads the body of a request and carries out on the way what the plan
// has for it. Where a body is shorter than a fault's bytes, the fault strikes
// when it is whole.
func (c *connection) receive(r *http.Request, e faults.Event) (over bool, err error) {
	b := body{connection: c, of: r, limit: cmp.Or(c.device.profile.MaxBody, maxBody), whole: r.Body == http.NoBody}
	strikes := c.strikes(faults.Request, e)
	slices.SortStableFunc(strikes, func(s, t faults.Strike) int { return cmp.Compare(s.Bytes, t.Bytes) })
	for i, s := range strikes {
		if err := b.advance(s.Bytes); err != nil {
			return false, err
		}
		if c.suffer(strikes[i : i+1]) {
			return true, nil
		}
	}
	return false, b.advance(b.limit + 1)
}

// advance reads until n bytes of content are read or the body is whole. More
// than the limit is an error: at once where its length is announced.
func (b *body) advance(n int64) error {
	left := min(n, b.limit+1) - b.read
	if b.whole || left <= 0 {
		return nil
	}
	length := b.of.ContentLength // -1 for a chunked body
	if length > b.limit {
		return errTooLarge
	}
	if err := b.ask(); err != nil {
		return err
	}
	b.source.budget = unbounded // the framing of chunks is bounded by net/http
	b.source.ahead = left
	if length >= 0 {
		b.source.ahead = min(left, length-b.read)
	}
	m, err := io.CopyN(io.Discard, b.of.Body, left)
	b.source.ahead = 0
	b.read += m
	b.whole = err == io.EOF
	switch {
	case err != nil && !b.whole:
		return err
	case b.read > b.limit:
		return errTooLarge
	}
	return nil
}

// ask tells a client that waits for it to send the body (RFC 9110 section
// 10.1.1).
func (b *body) ask() error {
	if b.asked || !b.of.ProtoAtLeast(1, 1) || !strings.EqualFold(b.of.Header.Get("Expect"), "100-continue") {
		return nil
	}
	b.asked = true
	_, err := io.WriteString(b.stream, "HTTP/1.1 100 Continue\r\n\r\n")
	if err != nil {
		b.source.err = err
	}
	return err
}
