package clients

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"rstorm/results"
)

// field takes one field line (RFC 9112 section 5) into h. Fields that don't
// matter to us are checked for their form only.
func (h *head) field(line []byte) error {
	name, value, err := splitField(line)
	if err != nil {
		return err
	}
	switch {
	case isName(name, "Content-Length"):
		return h.contentLength(value)
	case isName(name, "Transfer-Encoding"):
		// Without a TE field of ours chunked is all that may come (RFC 9112 section 7.4).
		if h.chunked || !isName(value, "chunked") {
			return fmt.Errorf("the answer's Transfer-Encoding %q is not chunked", value)
		}
		h.chunked = true
	case isName(name, "Connection"):
		h.options(value)
	case isName(name, "Keep-Alive"):
		h.promise.take(value)
	case isName(name, results.IDHeader):
		h.id = join(h.id, value)
	case isName(name, "Content-Digest"):
		h.digest = join(h.digest, value)
	}
	return nil
}

// contentLength takes a Content-Length (RFC 9110 section 8.6). It may be
// repeated if it stays the same.
func (h *head) contentLength(value []byte) error {
	n, err := strconv.ParseUint(string(value), 10, 63) // takes digits only
	if err != nil || h.length >= 0 && h.length != int64(n) {
		return fmt.Errorf("the answer's Content-Length %q makes no sense", value)
	}
	h.length = int64(n)
	return nil
}

// options takes the options of a Connection field (RFC 9110 section 7.6.1).
func (h *head) options(value []byte) {
	for len(value) > 0 {
		var option []byte
		option, value, _ = bytes.Cut(value, []byte(","))
		option = bytes.Trim(option, " \t")
		h.close = h.close || isName(option, "close")
		h.keep = h.keep || isName(option, "keep-alive")
	}
}

// splitField cuts a field line into its name and its value, without the space
// around that.
func splitField(line []byte) (name, value []byte, err error) {
	colon := bytes.IndexByte(line, ':')
	if colon < 0 || !isToken(line[:colon]) || !isText(line[colon+1:]) {
		return nil, nil, fmt.Errorf("the answer's field line %q is malformed", line)
	}
	return line[:colon], bytes.Trim(line[colon+1:], " \t"), nil
}

// isName compares names, which have no case (RFC 9110 section 5.1).
func isName(got []byte, name string) bool {
	return len(got) == len(name) && strings.EqualFold(string(got), name)
}

// join adds a further value to those of a field (RFC 9110 section 5.2).
func join(values, value []byte) []byte {
	if len(values) > 0 {
		values = append(values, ',')
	}
	return append(values, value...)
}

// isToken tells a token (RFC 9110 section 5.6.2).
func isToken(b []byte) bool {
	for _, c := range b {
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && c != '-' && !('0' <= c && c <= '9') && strings.IndexByte("!#$%&'*+.^_`|~", c) < 0 {
			return false
		}
	}
	return len(b) > 0
}

// isText tells whether b may be a field value: it has no control character but
// the tab (RFC 9110 section 5.5).
func isText(b []byte) bool {
	for _, c := range b {
		if c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}
