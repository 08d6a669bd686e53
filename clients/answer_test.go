package clients

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"rstorm/results"
)

// readAll reads one answer to a GET from text.
func readAll(method string, r io.Reader) (*answer, results.Phase, error) {
	a := newAnswer()
	a.reset(r)
	phase := results.PhaseWait
	err := a.read(method, []byte("0-0"), &phase)
	return a, phase, err
}

func TestAnswers(t *testing.T) {
	const ok, bad, cut = results.OK, results.Failed, results.Truncated
	for _, tt := range []struct {
		name, text string
		outcome    results.Outcome
		phase      results.Phase
		reusable   bool
	}{
		{"plain", whole, ok, "done", true},
		{"no reason", "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", ok, "done", true},
		{"bare line feeds", "HTTP/1.1 200 OK\nContent-Length: 2\n\nok", ok, "done", true},
		{"a minor version to come", "HTTP/1.7 200 OK\r\nContent-Length: 0\r\n\r\n", ok, "done", true},
		{"length said twice", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok", ok, "done", true},
		{"not modified", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", ok, "done", true},
		{"close among options", "HTTP/1.1 200 OK\r\nConnection: keep-alive,\tCLOSE\r\nContent-Length: 0\r\n\r\n", ok, "done", false},
		{"close in a second field", "HTTP/1.1 200 OK\r\nConnection: x\r\nconnection: close\r\nContent-Length: 0\r\n\r\n", ok, "done", false},
		{"closed is no option", "HTTP/1.1 200 OK\r\nConnection: closed\r\nContent-Length: 0\r\n\r\n", ok, "done", true},
		{"HTTP/1.0 with both options", "HTTP/1.0 200 OK\r\nConnection: keep-alive, close\r\nContent-Length: 0\r\n\r\n", ok, "done", false},
		{"until the end", "HTTP/1.1 200 OK\r\n\r\nok", ok, "done", false},
		{"bytes left over", whole + "H", ok, "done", false},

		{"nothing", "", results.Closed, "wait", false},
		{"half a status line", "HTTP/1.1 20", cut, "head", false},
		{"half a name", "HT", cut, "head", false},
		{"no end of the head", "HTTP/1.1 200 OK\r\nA: b\r\n", cut, "head", false},
		{"interim only", "HTTP/1.1 100 Continue\r\n\r\n", cut, "head", false},
		{"half a body", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok", cut, "body", false},
		{"no body", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", cut, "body", false},
		{"half a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nok", cut, "body", false},
		{"no last chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n", cut, "body", false},
		{"no end of the trailer", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n", cut, "body", false},

		{"another protocol", "RTSP/1.0 200 OK\r\n\r\n", bad, "head", false},
		{"HTTP/2", "HTTP/2.0 200 OK\r\n\r\n", bad, "head", false},
		{"a TLS alert", "\x15\x03\x01\x00\x02\x02\x16", bad, "head", false},
		{"no version", "HTTP/1. 200 OK\r\n\r\n", bad, "head", false},
		{"no status", "HTTP/1.1 OK\r\n\r\n", bad, "head", false},
		{"long status", "HTTP/1.1 2000 OK\r\n\r\n", bad, "head", false},
		{"status with a sign", "HTTP/1.1 +20 OK\r\n\r\n", bad, "head", false},
		{"small status", "HTTP/1.1 099 OK\r\n\r\n", bad, "head", false},
		{"no colon", "HTTP/1.1 200 OK\r\nA\r\n\r\n", bad, "head", false},
		{"no name", "HTTP/1.1 200 OK\r\n: a\r\n\r\n", bad, "head", false},
		{"space before the colon", "HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok", bad, "head", false},
		{"a folded line", "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", bad, "head", false},
		{"a NUL", "HTTP/1.1 200 OK\r\nA: \x00\r\n\r\n", bad, "head", false},
		{"a bare CR", "HTTP/1.1 200 OK\r\nA: b\rC: d\r\n\r\n", bad, "head", false},
		{"a length with a sign", "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nok", bad, "head", false},
		{"a list of lengths", "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok", bad, "head", false},
		{"an empty length", "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\nok", bad, "head", false},
		{"two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok", bad, "head", false},
		{"too great a length", "HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775808\r\n\r\n", bad, "head", false},
		{"a length and chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\nok", bad, "head", false},
		{"chunks in HTTP/1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", bad, "head", false},
		{"chunks twice", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", bad, "head", false},
		{"another coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", bad, "head", false},
		{"a chunk without a size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", bad, "body", false},
		{"a malformed trailer", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nx\r\n\r\n", bad, "body", false},
		{"two ids", "HTTP/1.1 200 OK\r\nX-Command-Id: 0-0\r\nX-Command-Id: 0-1\r\nContent-Length: 0\r\n\r\n", bad, "head", false},
		{"a digest that is none", "HTTP/1.1 200 OK\r\nContent-Digest: sha-256=x\r\nContent-Length: 0\r\n\r\n", bad, "body", false},
		{"a line beyond the bound", "HTTP/1.1 200 OK\r\nA: " + strings.Repeat("a", maxLine) + "\r\n\r\n", bad, "head", false},
		{"a head beyond the bound", "HTTP/1.1 200 OK\r\n" + strings.Repeat("A: b\r\n", maxHead/6) + "\r\n", bad, "head", false},
		{"interim answers beyond the bound", strings.Repeat("HTTP/1.1 102 x\r\n\r\n", maxHead/18+1) + whole, bad, "head", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for pieces, r := range map[string]io.Reader{"whole": strings.NewReader(tt.text), "byte by byte": iotest.OneByteReader(strings.NewReader(tt.text))} {
				a, phase, err := readAll("GET", r)
				if got := results.Classify(err); got != tt.outcome || phase != tt.phase {
					t.Errorf("%s: %v in phase %s (%v), want %v in %s", pieces, got, phase, err, tt.outcome, tt.phase)
				}
				left := pieces == "whole" || a.reader.Buffered() > 0 || tt.reusable
				if err == nil && left && a.reusable() != tt.reusable {
					t.Errorf("%s: the connection is reusable: %v, want %v", pieces, a.reusable(), tt.reusable)
				}
			}
		})
	}
}

// The bound on the body holds for every way to tell its length.
func TestBodyBound(t *testing.T) {
	for _, head := range []string{"HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"} {
		a, phase, err := readAll("GET", io.MultiReader(strings.NewReader(head), endless{}))
		if err == nil || phase != results.PhaseBody || a.body.size < maxBody || a.body.size > maxBody+64<<10 {
			t.Errorf("%q: read %d bytes, phase %s: %v", head, a.body.size, phase, err)
		}
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// An error of the socket comes through as it is, wherever it strikes.
func TestSocketErrorsComeThrough(t *testing.T) {
	for _, text := range []string{"", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"} {
		_, _, err := readAll("GET", io.MultiReader(strings.NewReader(text), iotest.ErrReader(os.ErrDeadlineExceeded)))
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%q: got %v", text, err)
		}
	}
}

// What we accept net/http accepts too, and reads as the same answer: status,
// body, what is left for the next one, and whether the connection stays.
func FuzzAnswer(f *testing.F) {
	for _, b := range []string{whole, "HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\nrest", "HTTP/1.1 100 C\r\n\r\nHTTP/1.1 200 OK\r\n\r\nto the end",
		"HTTP/1.1 200 OK\r\nConnection: close, x\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok"} {
		f.Add([]byte(b), false)
		f.Add([]byte(b), true)
	}
	f.Fuzz(func(t *testing.T, text []byte, head bool) {
		method := http.MethodGet
		if head {
			method = http.MethodHead
		}
		a, phase, err := readAll(method, bytes.NewReader(text))
		if (err == nil) != (phase == results.PhaseDone) {
			t.Fatalf("phase %s with error %v", phase, err)
		}
		if err != nil || a.head.status == 101 {
			return
		}
		compare(t, a, method, bufio.NewReaderSize(bytes.NewReader(text), maxLine))
	})
}

func compare(t *testing.T, a *answer, method string, br *bufio.Reader) {
	resp, err := http.ReadResponse(br, &http.Request{Method: method})
	for err == nil && resp.StatusCode/100 == 1 {
		resp, err = http.ReadResponse(br, &http.Request{Method: method})
	}
	if err != nil {
		t.Fatalf("net/http rejects the head: %v", err)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil && !a.head.chunked { // net/http is stricter about trailers
		t.Fatalf("net/http rejects the body: %v", err)
	}
	size := a.body.size
	if bodiless(method, a.head.status) {
		size = 0
	}
	if resp.StatusCode != a.head.status || int64(len(body)) != size {
		t.Fatalf("net/http reads %d with %d bytes, we %d with %d", resp.StatusCode, len(body), a.head.status, size)
	}
	if err == nil && br.Buffered() != a.reader.Buffered() {
		t.Fatalf("net/http leaves %d bytes, we %d", br.Buffered(), a.reader.Buffered())
	}
	if a.reusable() && resp.Close {
		t.Fatal("net/http closes the connection, we don't")
	}
}
