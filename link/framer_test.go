package link

import (
	"cmp"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"testing"
)

// messages frames the pieces and tells what it found and where. The methods
// are of the requests that the responses answer, in turn.
func messages(response bool, methods string, pieces ...[]byte) []string {
	f := newFramer(response)
	var found []string
	asked := strings.Fields(methods)
	at := 0
	for _, b := range pieces {
		for {
			if !f.begun && len(asked) > 0 {
				f.method = asked[0]
			}
			n, m := f.next(b)
			b, at = b[n:], at+n
			switch m {
			case head:
				found = append(found, fmt.Sprintf("%d: head %s", at, cmp.Or(f.msg.method+f.msg.id, strconv.Itoa(f.msg.status))))
			case interim:
				found = append(found, fmt.Sprintf("%d: interim %d", at, f.msg.status))
			case done:
				found = append(found, fmt.Sprintf("%d: done %d", at, f.content))
				if len(asked) > 0 {
					asked = asked[1:]
				}
			}
			if m == more {
				break
			}
		}
	}
	whole := f.finish()
	switch {
	case f.step == opaque:
		found = append(found, "opaque")
	case whole:
		found = append(found, fmt.Sprintf("%d: done %d", at, f.content))
	case f.begun:
		found = append(found, "unfinished")
	}
	return found
}

var framings = []struct {
	name     string
	response bool
	methods  string
	bytes    string
	want     []string
}{
	{"a request without a body", false, "", "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
		[]string{"27: head GET", "27: done 0"}},
	{"a command's id in a header", false, "", "GET / HTTP/1.1\r\nx-command-id: 3-17\r\n\r\n",
		[]string{"38: head GET3-17", "38: done 0"}},
	{"a command's id in the target", false, "", "GET /q?a=b&command=3%2D17&c HTTP/1.1\r\n\r\n",
		[]string{"40: head GET3-17", "40: done 0"}},
	{"the header before the target", false, "", "GET /?command=1-1 HTTP/1.1\r\nX-Command-Id: 2-2\r\n\r\n",
		[]string{"49: head GET2-2", "49: done 0"}},
	{"a counted body", false, "", "PUT / HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody",
		[]string{"37: head PUT", "41: done 4"}},
	{"requests in a pipeline", false, "", "PUT / HTTP/1.1\r\nContent-Length: 4\r\n\r\nbodyGET / HTTP/1.0\r\n\r\n",
		[]string{"37: head PUT", "41: done 4", "59: head GET", "59: done 0"}},
	{"a chunked body with an extension and a trailer", false, "", "PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n4;x=y\r\nbody\r\nA\r\n0123456789\r\n0\r\nA: b\r\n\r\n",
		[]string{"46: head PUT", "85: done 14"}},
	{"chunked wins over a length", false, "", "PUT / HTTP/1.1\r\nContent-Length: 9\r\nTransfer-Encoding: gzip, chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
		[]string{"71: head PUT", "82: done 1"}},
	{"lines that end in a bare LF", false, "", "GET / HTTP/1.1\nHost: a\n\n",
		[]string{"24: head GET", "24: done 0"}},
	{"empty lines before a request", false, "", "\r\n\r\nGET / HTTP/1.1\r\n\r\n",
		[]string{"22: head GET", "22: done 0"}},
	{"an unfinished body", false, "", "PUT / HTTP/1.1\r\nContent-Length: 4\r\n\r\nbo",
		[]string{"37: head PUT", "unfinished"}},
	{"the same length twice", false, "", "PUT / HTTP/1.1\r\nContent-Length: 1, 1\r\n\r\nx",
		[]string{"40: head PUT", "41: done 1"}},
	{"two lengths that differ", false, "", "PUT / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx", []string{"opaque"}},
	{"a length that is no number", false, "", "PUT / HTTP/1.1\r\nContent-Length: +1\r\n\r\nx", []string{"opaque"}},
	{"a chunk size that is no number", false, "", "PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
		[]string{"46: head PUT", "opaque"}},
	{"a chunk without its end", false, "", "PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxx\r\n",
		[]string{"46: head PUT", "opaque"}},
	{"a request whose coding can't be known", false, "", "PUT / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\nx",
		[]string{"43: head PUT", "opaque"}},
	{"a TLS handshake", false, "", "\x16\x03\x01\x02\x00\x01\x00\x01", []string{"opaque"}},
	{"another protocol's greeting", false, "", "SSH-2.0-OpenSSH_9.6\r\n", []string{"opaque"}},
	{"HTTP/2 with prior knowledge", false, "", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", []string{"opaque"}},
	{"a head without end", false, "", "GET / HTTP/1.1\r\n" + strings.Repeat("a: b\r\n", maxHead/6), []string{"opaque"}},
	{"a line without end", false, "", "GET /" + strings.Repeat("a", maxHead), []string{"opaque"}},

	{"a counted response", true, "GET", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
		[]string{"38: head 200", "40: done 2"}},
	{"a response that the connection's end ends", true, "GET", "HTTP/1.0 200 OK\r\n\r\nall of it",
		[]string{"19: head 200", "28: done 9"}},
	{"a coded response that the connection's end ends", true, "GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nall",
		[]string{"44: head 200", "47: done 3"}},
	{"a response to HEAD", true, "HEAD GET", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
		[]string{"38: head 200", "38: done 0", "76: head 200", "78: done 2"}},
	{"statuses that have no body", true, "GET GET", "HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
		[]string{"27: head 204", "27: done 0", "75: head 304", "75: done 0"}},
	{"interim responses", true, "PUT", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
		[]string{"25: interim 100", "62: interim 103", "100: head 200", "100: done 0"}},
	{"a change of protocol", true, "GET", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
		[]string{"48: head 101", "opaque"}},
	{"a tunnel", true, "CONNECT", "HTTP/1.1 200 OK\r\n\r\nanything", []string{"19: head 200", "opaque"}},
	{"an empty chunked response", true, "GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		[]string{"47: head 200", "52: done 0"}},
	{"not HTTP", true, "GET", "220 smtp ready\r\n", []string{"opaque"}},
	{"no number for a status", true, "GET", "HTTP/1.1 abc OK\r\n\r\n", []string{"opaque"}},
	{"a cut head", true, "GET", "HTTP/1.1 200 OK\r\nConte", []string{"unfinished"}},
}

func TestFramerFindsMessages(t *testing.T) {
	for _, row := range framings {
		if got := messages(row.response, row.methods, []byte(row.bytes)); !reflect.DeepEqual(got, row.want) {
			t.Errorf("%s: got %q, want %q", row.name, got, row.want)
		}
		if got := messages(row.response, row.methods, bytewise(row.bytes)...); !reflect.DeepEqual(got, row.want) {
			t.Errorf("%s, byte by byte: got %q, want %q", row.name, got, row.want)
		}
	}
}

func bytewise(s string) (pieces [][]byte) {
	for i := range len(s) {
		pieces = append(pieces, []byte{s[i]})
	}
	return pieces
}

// FuzzFramer splits the same bytes in two ways. Both must give the same
// messages at the same places, every byte must be consumed, and counting must
// stop exactly where it was told to.
func FuzzFramer(f *testing.F) {
	for _, row := range framings {
		if len(row.bytes) > 1000 {
			continue // slow to mutate, and the table has them
		}
		f.Add(row.response, row.methods, []byte(row.bytes), uint16(len(row.bytes)/2), uint8(3))
	}
	f.Fuzz(func(t *testing.T, response bool, methods string, b []byte, cut uint16, stop uint8) {
		whole := messages(response, methods, b)
		k := min(int(cut), len(b))
		if split := messages(response, methods, b[:k], b[k:]); !reflect.DeepEqual(split, whole) {
			t.Errorf("cut at %d: %q, whole: %q", k, split, whole)
		}
		if single := messages(response, methods, bytewise(string(b))...); !reflect.DeepEqual(single, whole) {
			t.Errorf("byte by byte: %q, whole: %q", single, whole)
		}
		g := newFramer(response)
		for rest := b; ; {
			if !g.begun {
				g.stop = int64(stop)
			}
			n, m := g.next(rest)
			rest = rest[n:]
			if m == reached && g.content != int64(stop) {
				t.Errorf("reached %d bytes of content, asked for %d", g.content, stop)
			}
			if m == more {
				if len(rest) != 0 {
					t.Errorf("%d bytes were not consumed", len(rest))
				}
				return
			}
		}
	})
}
