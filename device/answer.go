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
}

// problem is the content of an answer that is no receipt.
func problem(status int) any {
	return struct {
		Error string `json:"error"`
	}{http.StatusText(status)}
}

// append writes the answer to b and returns it with the length of its head.
func (a *answer) append(b []byte) (whole []byte, head int) {
	b = append(b, "HTTP/1.1 "...)
	b = strconv.AppendInt(b, int64(a.status), 10)
	b = append(append(append(b, ' '), http.StatusText(a.status)...), "\r\n"...)
	var content []byte
	// RFC 9110 sections 15.3.5 and 15.4.5: these two have none.
	if a.status != http.StatusNoContent && a.status != http.StatusNotModified {
		content, _ = json.Marshal(a.body) // strings and numbers: it can't fail
		b = append(b, "Content-Type: application/json\r\nContent-Length: "...)
		b = append(strconv.AppendInt(b, int64(len(content)), 10), "\r\n"...)
		if a.head {
			content = nil
		}
		b = appendDigest(b, content)
	}
	if printable(a.command) {
		b = append(append(append(b, results.IDHeader+": "...), a.command...), "\r\n"...)
	}
	switch {
	case a.closes:
		b = append(b, "Connection: close\r\n"...)
	case a.persists:
		b = append(b, "Connection: keep-alive\r\n"...)
	}
	b = append(b, "\r\n"...)
	return append(b, content...), len(b)
}

// appendDigest lets the client verify what it received (RFC 9530 section 2;
// for HEAD that is nothing, appendix B.2).
func appendDigest(b, content []byte) []byte {
	sum := sha256.Sum256(content)
	b = append(b, "Content-Digest: sha-256=:"...)
	b = base64.StdEncoding.AppendEncode(b, sum[:])
	return append(b, ":\r\n"...)
}

// printable reports whether s may stand in a header as it is: an id from the
// request target may hold anything.
func printable(s string) bool {
	return s != "" && !slices.ContainsFunc([]byte(s), func(c byte) bool { return c <= ' ' || c > '~' })
}

// send writes the answer in one piece, or in as many as within cuts it into,
// and carries each of within out in its place.
func (c *connection) send(a answer, within []faults.Strike) (over bool) {
	var head int
	c.out, head = a.append(c.out[:0])
	slices.SortStableFunc(within, func(s, t faults.Strike) int { return cmp.Compare(s.Bytes, t.Bytes) })
	rest, sent := c.out, 0
	for i, s := range within {
		upTo := head + int(min(s.Bytes, int64(len(c.out)-head)))
		if c.write(rest[:upTo-sent]) || c.suffer(within[i:i+1]) {
			return true
		}
		rest, sent = c.out[upTo:], upTo
	}
	return c.write(rest)
}

func (c *connection) write(b []byte) (over bool) {
	if len(b) == 0 {
		return false
	}
	if _, err := c.tcp.Write(b); err != nil {
		return c.lost(err)
	}
	return false
}

// reject answers a request that can't be read, and closes in such a way that
// the client, which may still be sending, can read the answer (RFC 9112
// section 9.6).
func (c *connection) reject(status int) (over bool) {
	if c.send(answer{status: status, body: problem(status), closes: true}, nil) {
		return true
	}
	c.linger()
	c.end(plainly, RequestRejected)
	return true
}
