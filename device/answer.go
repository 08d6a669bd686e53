package device

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"

	"rstorm/faults"
	"rstorm/results"
)

// answer is a response that is still to be written.
type answer struct {
	status   int
	body     any    // its JSON is the content
	command  string // echoed, so that a mixed-up answer shows
	closes   bool   // announce that the connection is closed after it
	persists bool   // tell an HTTP/1.0 client that it is not
	head     bool   // the content stays away (HEAD)

	retryAfter int           // seconds in Retry-After; 0 says nothing
	promise    string        // Keep-Alive, unless it closes; empty says nothing
	malformed  *faults.Fault // against which rule; nil is against none
}

// problem is the content of an answer that is no receipt.
func problem(status int) any {
	return struct {
		Error string `json:"error"`
	}{http.StatusText(status)}
}

// fields yields the fields that the answer has in every version of HTTP, and
// returns its content.
func (a *answer) fields(yield func(name, value string)) (content []byte) {
	// RFC 9110 sections 15.3.5 and 15.4.5: these two have none.
	if a.status != http.StatusNoContent && a.status != http.StatusNotModified {
		content, _ = json.Marshal(a.body) // strings and numbers: it can't fail
		yield("Content-Type", "application/json")
		yield("Content-Length", strconv.Itoa(len(content)))
		if a.head {
			content = nil
		}
		yield("Content-Digest", digest(content))
	}
	if printable(a.command) {
		yield(results.IDHeader, a.command)
	}
	if a.retryAfter > 0 {
		yield("Retry-After", strconv.Itoa(a.retryAfter))
	}
	return content
}

// append writes the answer's head to b and returns it with the content.
func (a *answer) append(b []byte) (head, content []byte) {
	rule := a.breach()
	b = append(append(b, cmp.Or(rule.version, "HTTP/1.1")...), ' ')
	if rule.status == "" {
		b = append(append(strconv.AppendInt(b, int64(a.status), 10), ' '), http.StatusText(a.status)...)
	}
	b = append(append(b, rule.status...), "\r\n"...)
	b = rule.append(b)
	content = a.fields(func(name, value string) {
		if name != "Content-Length" || !rule.unsized {
			b = appendField(b, name, value)
		}
	})
	switch {
	case rule.version != "": // the client knows by that
	case a.closes:
		b = appendField(b, "Connection", "close")
	case a.persists || a.promise != "":
		b = appendField(b, "Connection", "keep-alive")
		if a.promise != "" {
			b = appendField(b, "Keep-Alive", a.promise)
		}
	}
	return append(b, "\r\n"...), content
}

func appendField(b []byte, name, value string) []byte {
	return append(append(append(append(b, name...), ": "...), value...), "\r\n"...)
}

// digest lets the client verify what it received (RFC 9530 section 2; for HEAD
// that is nothing, appendix B.2).
func digest(content []byte) string {
	sum := sha256.Sum256(content)
	b := append(make([]byte, 0, 64), "sha-256=:"...)
	return string(append(base64.StdEncoding.AppendEncode(b, sum[:]), ':'))
}

// printable reports whether s may stand in a header as it is: an id from the
// request target may hold anything.
func printable(s string) bool {
	return s != "" && !slices.ContainsFunc([]byte(s), func(c byte) bool { return c <= ' ' || c > '~' })
}
