package clients

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"

	"rstorm/results"
)

// An answer reads the answers that come over one connection, one by one. It
// keeps no byte of their bodies, and its memory is used again.
type answer struct {
	reader  *bufio.Reader
	head    head
	body    verifier
	delimit bool   // the answer ended where it said it would
	scratch []byte // for chunked bodies; nil until one came
}

func newAnswer() *answer { return &answer{reader: bufio.NewReaderSize(nil, maxLine)} }

// reset turns to another connection.
func (a *answer) reset(r io.Reader) { a.reader.Reset(r) }

// read reads the answer to a request with the given method and command id. It
// moves *phase on when an answer begins. io.EOF means that none began.
func (a *answer) read(method string, id []byte, phase *results.Phase) error {
	a.head.status, a.delimit = 0, false
	if _, err := a.reader.Peek(1); err == io.ErrUnexpectedEOF {
		return io.EOF // TLS tells that it was cut, and nothing was
	} else if err != nil {
		return err
	}
	*phase = results.PhaseHead
	if err := a.head.read(a.reader); err != nil {
		return err
	}
	if err := checkID(id, a.head.id); err != nil {
		return err
	}
	*phase = results.PhaseBody
	if err := a.readBody(method); err != nil {
		return err
	}
	*phase = results.PhaseDone
	return nil
}

// readBody reads a body as its length is told (RFC 9112 section 6.3) and
// verifies it.
func (a *answer) readBody(method string) error {
	h := &a.head
	a.delimit = h.status != http.StatusSwitchingProtocols
	if bodiless(method, h.status) {
		return nil
	}
	err := a.body.expect(h.digest)
	switch {
	case err != nil:
		return err
	case h.chunked:
		err = a.chunks()
	case h.length >= 0:
		err = a.exactly(h.length)
	default: // until the peer closes
		a.delimit = false
		_, err = io.Copy(&a.body, a.reader)
	}
	if err != nil {
		return err
	}
	return a.body.end()
}

// exactly reads a body of n bytes.
func (a *answer) exactly(n int64) error {
	for left := n; left > 0; {
		p, err := a.reader.Peek(int(min(left, int64(max(1, a.reader.Buffered())))))
		if err == io.EOF {
			return fmt.Errorf("%w: its body ends after %d of %d bytes", results.ErrTruncated, n-left, n)
		}
		if err != nil {
			return err
		}
		if _, err := a.body.Write(p); err != nil {
			return err
		}
		left -= int64(len(p))
		a.reader.Discard(len(p)) // they are in the buffer
	}
	return nil
}

// chunks reads a chunked body and its trailer (RFC 9112 section 7.1).
func (a *answer) chunks() error {
	if a.scratch == nil {
		a.scratch = make([]byte, 4<<10)
	}
	if _, err := io.CopyBuffer(&a.body, httputil.NewChunkedReader(a.reader), a.scratch); err != nil {
		return err
	}
	for {
		line, err := a.head.line(a.reader)
		if err != nil || len(line) == 0 {
			return err
		}
		if _, _, err := splitField(line); err != nil {
			return err
		}
	}
}

// spoil bars the connection from being used again.
func (a *answer) spoil() { a.delimit = false }

// reusable reports whether the connection may carry another exchange after an
// answer that was read without an error (RFC 9112 section 9.3). Bytes that came
// with the answer and don't belong to it bar that.
func (a *answer) reusable() bool {
	h := &a.head
	return a.delimit && !h.close && (!h.old || h.keep) && a.reader.Buffered() == 0
}
