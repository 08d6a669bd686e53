package link

import (
	"context"
	"io"
	"net"
	"net/http"
	"testing"
)

func TestTheLogKeepsWhatAnAnswerSaysOfItsContent(t *testing.T) {
	const digest = "sha-256=:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=:" // of "abc", RFC 6234
	for _, row := range []struct {
		name, method, head, content string
		digest                      string
		size                        int64
	}{
		{"with a length", "GET", "Content-Length: 3\r\nContent-Digest: " + digest + "\r\n", "abc", digest, 3},
		{"in chunks", "GET", "Content-Digest:" + digest + "\r\nTransfer-Encoding: chunked\r\n", "2\r\nab\r\n1\r\nc\r\n0\r\n\r\n", digest, 3},
		{"to the end of the connection", "GET", "", "abcd", "", 4},
		{"cut short", "GET", "Content-Length: 3\r\n", "a", "", 3},
		{"to HEAD", "HEAD", "Content-Length: 3\r\nContent-Digest: " + digest + "\r\n", "", "", -1},
		{"coded", "GET", "Content-Length: 3\r\nContent-Encoding: gzip\r\nContent-Digest: " + digest + "\r\n", "abc", "", -1},
	} {
		t.Run(row.name, func(t *testing.T) {
			l := openLink(t, startDevice(t, func(c *net.TCPConn) {
				c.Read(make([]byte, 4<<10))
				io.WriteString(c, "HTTP/1.1 200 OK\r\n"+row.head+"\r\n"+row.content)
				c.CloseWrite()
				io.Copy(io.Discard, c)
			}))
			ask(t, l.Addr(), row.method+" / HTTP/1.1\r\nHost: device\r\nX-Command-Id: 0-0\r\n\r\n")
			if err := l.Close(context.WithoutCancel(t.Context())); err != nil {
				t.Fatal(err)
			}
			x := l.Log()[0].Exchanges[0]
			if x.Status != http.StatusOK || x.Digest != row.digest || x.Size != row.size {
				t.Errorf("status %d, digest %q, size %d; want %q, %d", x.Status, x.Digest, x.Size, row.digest, row.size)
			}
		})
	}
}
