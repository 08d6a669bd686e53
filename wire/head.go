package wire

import (
	"bytes"
	"strconv"
	"strings"
	"time"

	"rstorm/results"
)

// A head is what the head of a message says of its length and of what follows.
type head struct {
	method, target []byte // of a request; they share the line's memory
	status         int
	length         int64 // negative: it does not say
	chunked, coded bool
	close, keep    bool // what Connection says
	old            bool // HTTP/1.0, where connections are closed unless kept
}

// parseStart reads a request line or a status line. Of one that was cut off only
// what is sure is taken: a request by a method that is known.
func parseStart(way Way, line []byte, whole bool) (h head, ok bool) {
	h.length = -1
	first, rest, spaced := bytes.Cut(line, []byte(" "))
	second, third, _ := bytes.Cut(rest, []byte(" "))
	if way == Down {
		status, err := strconv.ParseUint(string(second), 10, 16)
		h.status, h.old = int(status), isOld(first)
		return h, isVersion(first) && len(second) == 3 && err == nil && status >= 100
	}
	h.method, h.target, h.old = first, second, isOld(third)
	if !whole && !isVersion(third) {
		h.old = false
		return h, spaced && isMethod(first) && len(second) > 0 && (second[0] == '/' || second[0] == '*' || second[0] == 'h')
	}
	return h, isToken(first) && len(second) > 0 && isVersion(third)
}

func isVersion(b []byte) bool {
	return len(b) == len("HTTP/1.1") && bytes.HasPrefix(b, []byte("HTTP/1."))
}
func isOld(b []byte) bool { return string(b) == "HTTP/1.0" }

// isToken reports whether b may be a method (RFC 9110 section 5.6.2).
func isToken(b []byte) bool {
	for _, c := range b {
		if c <= ' ' || c >= 0x7f || strings.IndexByte(`"(),/:;<=>?@[\]{}`, c) >= 0 {
			return false
		}
	}
	return len(b) > 0 && len(b) <= maxMethod
}

// maxMethod is the length of a method that is taken for one.
const maxMethod = 32

// isMethod reports whether b is a method of RFC 9110 or RFC 5789.
func isMethod(b []byte) bool {
	switch string(b) {
	case "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH":
		return true
	}
	return false
}

// isRequest reports whether b begins with a request line.
func isRequest(b []byte) bool {
	return plausible(Up, b[:min(len(b), maxMethod+1)]) && begins(Up, b)
}

// isResponse reports whether b begins with a status line.
func isResponse(b []byte) bool { return plausible(Down, b) && begins(Down, b) }

func begins(way Way, b []byte) bool {
	line, _, whole := bytes.Cut(b[:min(len(b), maxLine)], []byte("\n"))
	_, ok := parseStart(way, bytes.TrimSuffix(line, []byte("\r")), whole)
	return ok
}

// plausible reports whether a first line that begins so can still be one.
func plausible(way Way, line []byte) bool {
	if way == Down {
		n := min(len(line), len("HTTP/1."))
		return string(line[:n]) == "HTTP/1."[:n]
	}
	first, _, _ := bytes.Cut(line, []byte(" "))
	return isToken(first) || string(line) == "\r"
}

// field takes one line of a head; it reports false where the length of the
// message can't be known (RFC 9112 section 6.3).
func (t *Table) field(f *flow, way Way, line []byte) bool {
	h := &f.talk.streams[way].framer.head
	i := bytes.IndexByte(line, ':')
	if i < 0 {
		return true
	}
	name, value := line[:i], line[i+1:]
	switch {
	case is(name, "Content-Length"):
		return h.sized(value)
	case is(name, "Transfer-Encoding"):
		codings := bytes.ToLower(value)
		h.coded = true
		h.chunked = string(bytes.TrimSpace(codings[1+bytes.LastIndexByte(codings, ','):])) == "chunked"
	case is(name, "Connection"):
		for one := range bytes.SplitSeq(value, []byte(",")) {
			one = bytes.TrimSpace(one)
			h.close = h.close || is(one, "close")
			h.keep = h.keep || is(one, "keep-alive")
		}
	case way == Up && is(name, results.IDHeader):
		t.command(f, bytes.TrimSpace(value))
	case way == Down && is(name, "Keep-Alive"):
		t.patience(f, value)
	}
	return true
}

func is(name []byte, want string) bool {
	return len(name) == len(want) && name[0]|0x20 == want[0]|0x20 && strings.EqualFold(string(name), want)
}

// sized takes the value of Content-Length.
func (h *head) sized(value []byte) bool {
	for one := range bytes.SplitSeq(value, []byte(",")) {
		n, err := strconv.ParseUint(string(bytes.TrimSpace(one)), 10, 62)
		if err != nil || h.length >= 0 && h.length != int64(n) {
			return false
		}
		h.length = int64(n)
	}
	return true
}

// parseChunk reads the line before a chunk (RFC 9112 section 7.1).
func parseChunk(line []byte) (size int64, ok bool) {
	digits, _, _ := bytes.Cut(line, []byte(";"))
	n, err := strconv.ParseUint(string(bytes.TrimSpace(digits)), 16, 62)
	return int64(n), err == nil
}

// parsePatience reads the value of Keep-Alive: "timeout=5, max=100".
func parsePatience(value []byte) time.Duration {
	for one := range bytes.SplitSeq(value, []byte(",")) {
		name, n, _ := bytes.Cut(bytes.TrimSpace(one), []byte("="))
		if is(name, "timeout") {
			seconds, err := strconv.ParseUint(string(bytes.Trim(n, `" `)), 10, 31)
			if err == nil {
				return time.Duration(seconds) * time.Second
			}
		}
	}
	return 0
}
