package clients

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"rstorm/results"
)

// Bounds on the head of an answer. All interim answers count with the last.
const (
	maxLine = 8 << 10
	maxHead = 64 << 10
)

// A head is what we use of the head of an answer (RFC 9112 sections 4 to 7). It
// is read strictly: what is ambiguous about where the answer ends is an error,
// as is the line folding that RFC 9112 section 5.2 made obsolete. Bare line
// feeds are accepted (section 2.2).
type head struct {
	status      int
	old         bool   // HTTP/1.0
	length      int64  // Content-Length; -1 if there is none
	chunked     bool   // Transfer-Encoding: chunked
	close, keep bool   // Connection options
	id, digest  []byte // fields, several joined by a comma
	promise     promise

	size int // bytes read, interim answers included
}

// read reads heads until one is final. 101 is final to us: we ask for no other
// protocol, so nothing we could use comes after it. The status is 0 unless a
// whole head was read.
func (h *head) read(br *bufio.Reader) error {
	h.size = 0
	for {
		*h = head{length: -1, id: h.id[:0], digest: h.digest[:0], size: h.size}
		err := h.one(br)
		if err == nil && h.status/100 == 1 && h.status != 101 {
			continue
		}
		if err == nil {
			err = h.framing()
		}
		if err != nil {
			h.status = 0
		}
		return err
	}
}

func (h *head) one(br *bufio.Reader) error {
	const protocol = "HTTP/1."
	start, err := br.Peek(min(br.Buffered(), len(protocol)))
	if err != nil || !strings.HasPrefix(protocol, string(start)) {
		return fmt.Errorf("the answer is not HTTP/1: it begins with %q", start)
	}
	line, err := h.line(br)
	if err != nil {
		return err
	}
	if err := h.statusLine(line); err != nil {
		return err
	}
	for {
		line, err := h.line(br)
		if err != nil || len(line) == 0 {
			return err
		}
		if err := h.field(line); err != nil {
			return err
		}
	}
}

// line reads one line and leaves its end off. It is valid until the next read.
func (h *head) line(br *bufio.Reader) ([]byte, error) {
	line, err := br.ReadSlice('\n')
	h.size += len(line)
	switch {
	case errors.Is(err, bufio.ErrBufferFull): // it holds maxLine bytes
		return nil, fmt.Errorf("a line of the answer's head exceeds %d bytes", maxLine)
	case h.size > maxHead:
		return nil, fmt.Errorf("the answer's head exceeds %d bytes", maxHead)
	case err == io.EOF:
		return nil, fmt.Errorf("%w: its head ends after %d bytes", results.ErrTruncated, h.size)
	case err != nil:
		return nil, err
	}
	return bytes.TrimSuffix(line[:len(line)-1], []byte("\r")), nil
}

// statusLine reads a line such as "HTTP/1.1 200 OK" (RFC 9112 section 4).
func (h *head) statusLine(line []byte) error {
	version, rest, _ := bytes.Cut(line, []byte(" "))
	code, _, _ := bytes.Cut(rest, []byte(" "))
	status, err := strconv.ParseUint(string(code), 10, 16)
	if err != nil || len(code) != 3 || status < 100 {
		return fmt.Errorf("the answer's status line %q has no status", line)
	}
	minor, ok := bytes.CutPrefix(version, []byte("HTTP/1."))
	if !ok || len(minor) != 1 || minor[0] < '0' || minor[0] > '9' {
		return fmt.Errorf("the answer's version %q is not HTTP/1", version)
	}
	h.status, h.old = int(status), minor[0] == '0'
	return nil
}

// framing rejects what would leave in doubt where the answer ends.
func (h *head) framing() error {
	switch {
	case h.chunked && h.length >= 0:
		return errors.New("the answer has both a Content-Length and a Transfer-Encoding")
	case h.chunked && h.old:
		return errors.New("the answer is chunked, which HTTP/1.0 does not know")
	}
	return nil
}
