package device

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"rstorm/faults"
)

// malformed is a profile whose answers are all of one form.
func malformed(form faults.Form, bytes int64) Profile {
	return Profile{Faults: []faults.Fault{{Effect: faults.Malform, Point: faults.Response, Form: form, Bytes: bytes}}}
}

// plain is the answer of a device that works to the first request it gets, cut
// in its status line, its other fields, its Content-Length, and its content.
func plain(t *testing.T, request string) (status, fields, length, content string) {
	t.Helper()
	c := dial(t, switchOn(t, Profile{}))
	c.send(request)
	if err := c.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	received, end := c.rest()
	head, content, _ := strings.Cut(received, "\r\n\r\n")
	lines := strings.SplitAfter(head+"\r\n", "\r\n")
	for i, line := range lines {
		if strings.HasPrefix(line, "Content-Length: ") {
			length, lines[i] = line, ""
		}
	}
	if end != io.EOF || length == "" || content == "" {
		t.Fatalf("received %q, then %v", received, end)
	}
	return lines[0], strings.Join(lines[1:], ""), length, content
}

func TestMalformedAnswersByteByByte(t *testing.T) {
	status, fields, length, content := plain(t, put("0-1"))
	typed, rest, _ := strings.Cut(fields, "\r\n") // Content-Type comes before Content-Length
	typed += "\r\n"
	const chunked = "Transfer-Encoding: chunked\r\n"
	for _, s := range []struct {
		name  string
		form  faults.Form
		bytes int64
		want  string
		ended Ending
	}{
		{"a bad chunk at once", faults.BadChunk, 0, status + chunked + fields + "\r\nxyz\r\n" + content + "\r\n", ClientClosed},
		{"a bad chunk behind a good one", faults.BadChunk, 17, status + chunked + fields + "\r\n11\r\n" + content[:17] + "\r\nxyz\r\n" + content[17:] + "\r\n", ClientClosed},
		{"no chunk", faults.NoLastChunk, 0, status + chunked + fields + "\r\n", "malform at response"},
		{"no second chunk", faults.NoLastChunk, 5, status + chunked + fields + "\r\n5\r\n" + content[:5] + "\r\n", "malform at response"},
		{"no last chunk", faults.NoLastChunk, 1000, status + chunked + fields + "\r\n37\r\n" + content + "\r\n", "malform at response"},
		{"two lengths", faults.TwoLengths, 0, status + "Content-Length: 1\r\n" + typed + length + rest + "\r\n" + content, ClientClosed},
		{"a huge head", faults.HugeHead, 0, status + "X-Padding: " + strings.Repeat("x", 1<<20) + "\r\n" + typed + length + rest + "\r\n" + content, ClientClosed},
		{"no status", faults.BadStatus, 0, "HTTP/1.1 OK\r\n" + typed + length + rest + "\r\n" + content, ClientClosed},
		{"HTTP/1.0", faults.HTTP10, 0, strings.Replace(status, "1.1", "1.0", 1) + fields + "\r\n" + content, "malform at response"},
	} {
		t.Run(s.name, func(t *testing.T) {
			d := switchOn(t, malformed(s.form, s.bytes))
			c := dial(t, d)
			c.send(put("0-1"))
			if s.ended == ClientClosed {
				if err := c.CloseWrite(); err != nil {
					t.Fatal(err)
				}
			}
			received, end := c.rest()
			if received != s.want || end != io.EOF {
				t.Errorf("received %.2000q, then %v; want %.2000q", received, end, s.want)
			}
			answered := 1
			if s.form == faults.NoLastChunk {
				answered = 0
			}
			if got := ended(t, d, 1); got.Ended != s.ended || got.Exchanges != answered || executions(d, "0-1") != 1 {
				t.Errorf("connection %+v, ledger %+v", got, d.Ledger())
			}
		})
	}
}

func TestAnAnswerWithoutContentHasNoChunks(t *testing.T) {
	d := switchOn(t, malformed(faults.BadChunk, 5))
	c := dial(t, d)
	if r := c.do(ask("HEAD", "/query/state", "0-1")); !slices.Equal(r.TransferEncoding, []string{"chunked"}) {
		t.Errorf("answer %+v", r.Response)
	}
	c.do(ask("HEAD", "/query/state", "0-2")) // comes at once, behind nothing
}

func TestFaultsStrikeAmongChunksWhereTheirBytesHavePassed(t *testing.T) {
	_, _, _, content := plain(t, put("0-1"))
	for _, s := range []struct {
		bytes int64
		want  string
	}{
		{0, ""},
		{3, "5\r\n" + content[:3]},
		{5, "5\r\n" + content[:5]},
		{8, "5\r\n" + content[:5] + "\r\nxyz\r\n" + content[5:8]},
	} {
		p := malformed(faults.BadChunk, 5)
		p.Faults = append(p.Faults, faults.Fault{Effect: faults.Truncate, Point: faults.Response, Bytes: s.bytes})
		c := dial(t, switchOn(t, p))
		c.send(put("0-1"))
		received, end := c.rest()
		if _, got, _ := strings.Cut(received, "\r\n\r\n"); got != s.want || end != io.EOF {
			t.Errorf("after %d bytes: content %q, then %v; want %q", s.bytes, got, end, s.want)
		}
	}
}

func TestAnAnswerOfHTTP10PromisesNothing(t *testing.T) {
	p := malformed(faults.HTTP10, 0)
	p.KeepAliveMax = 5
	p.Faults = append(p.Faults, faults.Fault{Effect: faults.Close, Point: faults.AfterResponse, Announce: true})
	r := dial(t, switchOn(t, p)).do(put("0-1"))
	if r.ProtoMinor != 0 || r.Header.Get("Connection") != "" || r.Header.Get("Keep-Alive") != "" || r.Header.Get("Content-Length") != "" || r.StatusCode != http.StatusOK {
		t.Errorf("answer %+v", r.Response)
	}
}
