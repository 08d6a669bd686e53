package device

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

func TestABodyMayBeAsLargeAsTheProfileSays(t *testing.T) {
	for _, how := range []TooLarge{LargeDrain, LargeAbrupt, LargeSilent} {
		for _, s := range tens {
			d := switchOn(t, Profile{MaxBody: 10, TooLarge: how})
			c := dial(t, d)
			c.send(s.request)
			if strings.Contains(s.request, "Expect") {
				c.receive("PUT")
			}
			if r := c.receive("PUT"); r.StatusCode != 200 || executions(d, "0-1") != 1 {
				t.Errorf("%s, %s: status %d", how, s.name, r.StatusCode)
			}
		}
	}
}

// tooLarges are the three ways to meet a body beyond the limit of 9 bytes: the
// bodies of ten are sent whole before the device closes.
var tooLarges = []struct {
	how    TooLarge
	status int // 0 is no answer
	end    error
	resets uint64
}{
	{LargeDrain, 413, io.EOF, 0},
	{"", 413, io.EOF, 0},
	{LargeAbrupt, 413, errReset, 1},
	{LargeSilent, 0, errReset, 1},
}

func TestABodyThatIsTooLargeIsMetAsTheProfileSays(t *testing.T) {
	const request = "Content-Length: 10"
	for _, s := range tooLarges {
		for _, expecting := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s expecting %t", s.how, expecting), func(t *testing.T) {
				headers := []string{request}
				if expecting { // and not waiting to be asked
					headers = append(headers, "Expect: 100-continue")
				}
				d := switchOn(t, Profile{MaxBody: 9, TooLarge: s.how})
				c := dial(t, d)
				c.send(put("0-1", headers...) + "0123456789")
				received, end := c.rest()
				if !errors.Is(end, s.end) {
					t.Errorf("ended with %v, want %v", end, s.end)
				}
				if answered := strings.HasPrefix(received, "HTTP/1.1 413 ") && strings.Contains(received, "\r\nConnection: close\r\n"); answered != (s.status == 413) || !answered && received != "" {
					t.Errorf("received %q", received)
				}
				c.Close()
				unread := 0
				if s.end == errReset {
					unread = 10
				}
				if got := ended(t, d, 1); got.Ended != RequestRejected || got.Unread != unread || len(d.Ledger()) != 0 {
					t.Errorf("connection %+v, ledger %+v", got, d.Ledger())
				}
			})
		}
	}
}

func TestAChunkedBodyIsTooLargeOnceItsContentIs(t *testing.T) {
	const last = "0\r\n\r\n"
	for _, s := range tooLarges {
		d := switchOn(t, Profile{MaxBody: 9, TooLarge: s.how})
		c := dial(t, d)
		c.send(put("0-1", "Transfer-Encoding: chunked") + "9\r\n012345678\r\n2\r\n9x\r\n" + last)
		received, end := c.rest()
		if !errors.Is(end, s.end) || strings.HasPrefix(received, "HTTP/1.1 413 ") != (s.status == 413) {
			t.Errorf("%s: received %q, then %v", s.how, received, end)
		}
		c.Close()
		unread := 0
		if s.end == errReset {
			unread = len("x\r\n" + last)
		}
		if got := ended(t, d, 1); got.Ended != RequestRejected || got.Unread != unread || len(d.Ledger()) != 0 {
			t.Errorf("%s: connection %+v, ledger %+v", s.how, got, d.Ledger())
		}
	}
}

func TestAConnectionMayBeTurnedDownWithAnAnswer(t *testing.T) {
	d := switchOn(t, Profile{})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for i, s := range []struct {
		request, retryAfter string
		status, seconds     int
		why                 Ending
	}{
		{put("0-1", "Content-Length: 10") + "0123456789", "7", http.StatusTooManyRequests, 7, RateLimit},
		{get("0-1"), "", http.StatusServiceUnavailable, 0, ConnectionLimit},
	} {
		conn, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		other, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		turned, _ := d.roster.enter(d, other.(*net.TCPConn))
		d.tasks.Go(func() { turned.turnDown(s.status, s.seconds, s.why) })
		c := bare(t, conn)
		if r := c.do(s.request); r.StatusCode != s.status || !r.Close || r.Header.Get("Retry-After") != s.retryAfter {
			t.Errorf("answer %+v", r.Response)
		}
		c.mustEnd(io.EOF)
		c.Close()
		if got := ended(t, d, i+1); got.Ended != s.why || got.Unread != 0 || got.Exchanges != 1 || len(d.Ledger()) != 0 {
			t.Errorf("connection %+v, ledger %+v", got, d.Ledger())
		}
	}
}
