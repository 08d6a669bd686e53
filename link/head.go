package link

import (
	"bytes"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"rstorm/results"
)

// A message is what a head says, as far as the link needs it.
type message struct {
	method  string // of a request
	id      string // of the command a request carries; empty if it carries none
	status  int    // of a response
	expects bool   // the client waits for 100 Continue (RFC 9110 section 10.1.1)

	length  int64 // Content-Length; negative if there is none
	chunked bool
	coded   bool // has a Transfer-Encoding

	digest  string // Content-Digest (RFC 9530); empty if there is none
	encoded bool   // has a Content-Encoding: clients may decode it unasked
}

// parse takes one line of a head, a chunk's size or a trailer.
func (f *framer) parse(line []byte) mark {
	switch f.step {
	case startLine:
		if len(line) == 0 && !f.response {
			return more // RFC 9112 section 2.2: ignore empty lines before a request
		}
		f.msg, f.content = message{length: -1}, 0
		f.want(f.start(line), fieldLine)
	case fieldLine:
		if len(line) > 0 {
			f.want(f.msg.field(line), fieldLine)
			return more
		}
		return f.headDone()
	case chunkSize:
		digits, _, _ := bytes.Cut(line, []byte(";"))
		n, err := strconv.ParseUint(string(bytes.TrimSpace(digits)), 16, 62)
		f.left, f.size = int64(n), 0
		if f.want(err == nil, chunkData); n == 0 {
			f.want(err == nil, trailerLine)
		}
	case chunkEnd:
		f.size = 0
		f.want(len(line) == 0, chunkSize)
	case trailerLine:
		if len(line) == 0 {
			f.step = ended
		}
	}
	return more
}

// want goes on with s if what was read made sense.
func (f *framer) want(sense bool, s step) {
	if f.step = s; !sense {
		f.tunnel()
	}
}

// start takes the request line or the status line.
func (f *framer) start(line []byte) bool {
	first, rest, _ := bytes.Cut(line, []byte(" "))
	second, third, _ := bytes.Cut(rest, []byte(" "))
	if f.response {
		status, err := strconv.ParseUint(string(second), 10, 10)
		f.msg.status = int(status)
		return isHTTP1(first) && len(second) == 3 && err == nil && status >= 100
	}
	f.msg.method = string(first)
	if _, query, ok := strings.Cut(string(second), "?"); ok {
		f.msg.id = parameter(query)
	}
	return f.plausible(line) && len(first) > 0 && len(second) > 0 && isHTTP1(third)
}

func isHTTP1(version []byte) bool {
	return len(version) == len("HTTP/1.1") && bytes.HasPrefix(version, []byte("HTTP/1."))
}

// plausible reports whether a first line that begins so can still be one of
// HTTP/1. Without it a client of another protocol, which waits to be greeted,
// would wait for the end of a line that never comes.
func (f *framer) plausible(line []byte) bool {
	if f.response {
		n := min(len(line), len("HTTP/1."))
		return string(line[:n]) == "HTTP/1."[:n]
	}
	for i, c := range line {
		switch {
		case c == ' ':
			return i > 0
		case c == '\r' && len(line) == 1: // an empty line before the request
			return true
		case c <= ' ' || c >= 0x7f || i > 32 || strings.IndexByte(`"(),/:;<=>?@[\]{}`, c) >= 0:
			return false // not a token (RFC 9110 section 5.6.2)
		}
	}
	return true
}

// parameter finds the command's id in a query.
func parameter(query string) string {
	for pair := range strings.SplitSeq(query, "&") {
		if value, ok := strings.CutPrefix(pair, results.IDParameter+"="); ok {
			id, err := url.QueryUnescape(value)
			if err == nil {
				return id
			}
		}
	}
	return ""
}

// field takes one header line. It reports false when the message's length
// can't be known (RFC 9112 section 6.3).
func (m *message) field(line []byte) bool {
	name, value, _ := bytes.Cut(line, []byte(":"))
	value = bytes.TrimSpace(value)
	is := func(s string) bool { return len(name) == len(s) && strings.EqualFold(string(name), s) }
	switch {
	case is("Content-Length"):
		for one := range bytes.SplitSeq(value, []byte(",")) {
			n, err := strconv.ParseUint(string(bytes.TrimSpace(one)), 10, 63)
			if err != nil || m.length >= 0 && m.length != int64(n) {
				return false
			}
			m.length = int64(n)
		}
	case is("Transfer-Encoding"):
		codings := bytes.ToLower(value)
		m.coded = true
		m.chunked = string(bytes.TrimSpace(codings[1+bytes.LastIndexByte(codings, ','):])) == "chunked"
	case is("Content-Digest"):
		m.digest = string(value)
	case is("Content-Encoding"):
		m.encoded = true
	case is("Expect"):
		m.expects = strings.EqualFold(string(value), "100-continue")
	case is(results.IDHeader) && len(value) > 0:
		m.id = string(value)
	}
	return true
}

// headDone decides how the body is delimited (RFC 9112 section 6.3).
func (f *framer) headDone() mark {
	m := &f.msg
	f.left, f.step, f.size = max(0, m.length), counted, 0
	switch {
	case f.response && m.status == http.StatusSwitchingProtocols,
		f.response && f.method == http.MethodConnect && m.status/100 == 2:
		f.tunnel()
	case f.response && m.status/100 == 1:
		f.step = startLine
		return interim
	case f.response && (f.method == http.MethodHead || m.status == http.StatusNoContent || m.status == http.StatusNotModified):
		f.left = 0
	case m.chunked:
		f.step = chunkSize
	case m.coded && !f.response:
		f.tunnel()
	case f.response && (m.coded || m.length < 0):
		f.left, f.step = math.MaxInt64, untilClose
	}
	if f.step == counted && f.left == 0 {
		f.step = ended
	}
	return head
}
