package link

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"rstorm/faults"
	"rstorm/results"
)

// answer is what answering answers, and answerHead its head.
var (
	answer     = response("0123456789")
	answerHead = strings.TrimSuffix(answer, "0123456789")
)

// answering is a device that answers every request with ten bytes and tells,
// for each connection, what it got and how that ended. If once is set it
// closes after the first answer.
func answering(got chan<- string, once bool) func(*net.TCPConn) {
	return func(c *net.TCPConn) {
		c.SetDeadline(time.Now().Add(giveUp))
		in := &countedReader{Reader: c}
		r := bufio.NewReader(in)
		for n := 0; ; n++ {
			req, err := http.ReadRequest(r)
			if err == nil {
				_, err = io.Copy(io.Discard, req.Body)
			}
			executed := n
			if err == nil {
				executed++
				_, err = io.WriteString(c, answer)
			}
			if err != nil {
				got <- fmt.Sprintf("%d requests in %d bytes, %s", executed, in.n, errno(err))
				return
			}
			if once {
				got <- fmt.Sprintf("%d requests in %d bytes, closed", n+1, in.n)
				return
			}
		}
	}
}

type countedReader struct {
	io.Reader
	n int
}

func (r *countedReader) Read(b []byte) (int, error) {
	n, err := r.Reader.Read(b)
	r.n += n
	return n, err
}

// What the device got of one request.
var (
	all  = fmt.Sprintf("1 requests in %d bytes, ", len(request("0-0")))
	none = "0 requests in 0 bytes, "
	part = fmt.Sprintf("0 requests in %d bytes, ", len(request("0-0"))-2) // half of its body
)

// hello is how a TLS client begins.
const hello = "\x16\x03\x01\x00\x05\x01\x00\x00\x01\x03"

// An endingRow says what an effect that ends a connection does at a point.
type endingRow struct {
	effect     faults.Effect
	point      faults.Point
	wantClient string // the bytes it gets
	wantErrno  string // what they end with
	wantDevice string // empty if it never hears of the client
	reset      results.Origin
	cause      string
}

var endings = []endingRow{
	{faults.Reset, faults.Connect, "", "ECONNRESET", "", results.ByLink, "defence-reset"},
	{faults.Reset, faults.BeforeForward, "", "ECONNRESET", none + "ECONNRESET", results.ByLink, "reset-before-response"},
	{faults.Reset, faults.AfterForward, "", "ECONNRESET", all + "ECONNRESET", results.ByLink, "reset-before-response"},
	{faults.Reset, faults.Response, answerHead + "0123", "ECONNRESET", all + "ECONNRESET", results.ByLink, "reset-mid-response"},
	{faults.Reset, faults.AfterResponse, answer, "ECONNRESET", all + "ECONNRESET", results.ByLink, "abort-after-response"},
	{faults.Reset, faults.Idle, answer, "ECONNRESET", all + "ECONNRESET", results.ByLink, "abort-after-response"},
	{faults.Reset, faults.OnFIN, answer, "ECONNRESET", all + "closed", results.ByLink, "abort-after-response"},

	{faults.Close, faults.Connect, "", "EOF", "", "", ""},
	{faults.Close, faults.BeforeForward, "", "EOF", none + "EOF", "", ""},
	{faults.Close, faults.AfterForward, "", "EOF", all + "EOF", "", ""},
	{faults.Close, faults.Response, answerHead + "0123", "EOF", all + "EOF", "", ""},
	{faults.Close, faults.AfterResponse, answer, "EOF", all + "EOF", "", ""},
	{faults.Close, faults.Idle, answer, "EOF", all + "EOF", "", ""},
	{faults.Close, faults.OnFIN, answer, "EOF", all + "closed", "", ""},

	{faults.HalfClose, faults.BeforeForward, "", "EOF", none + "EOF", "", ""},
	{faults.HalfClose, faults.AfterForward, "", "EOF", all + "EOF", "", ""},
	{faults.HalfClose, faults.Response, answerHead + "0123", "EOF", all + "EOF", "", ""},
	{faults.HalfClose, faults.AfterResponse, answer, "EOF", all + "EOF", "", ""},
	{faults.HalfClose, faults.Idle, answer, "EOF", all + "EOF", "", ""},

	{faults.Truncate, faults.Response, answerHead + "0123", "EOF", all + "EOF", "", ""},

	{faults.Reset, faults.Handshake, "", "ECONNRESET", none + "ECONNRESET", results.ByLink, "tls-abort"},
	{faults.Close, faults.Handshake, "", "EOF", none + "EOF", "", ""},
	{faults.Reset, faults.Request, "", "ECONNRESET", part + "ECONNRESET", results.ByLink, "reset-before-response"},
	{faults.Close, faults.Request, "", "EOF", part + "unexpected EOF", "", ""},

	{faults.Drain, faults.BeforeForward, "", "EOF", none + "EOF", "", ""},
	{faults.Drain, faults.AfterForward, "", "EOF", all + "EOF", "", ""},
	{faults.Drain, faults.Response, answerHead + "0123", "EOF", all + "EOF", "", ""},
	{faults.Drain, faults.AfterResponse, answer, "EOF", all + "EOF", "", ""},
	{faults.Drain, faults.Idle, answer, "EOF", all + "EOF", "", ""},
}

func TestEndingStrikesAtItsPoint(t *testing.T) {
	for _, row := range endings {
		t.Run(fmt.Sprintf("%s at %s", row.effect, row.point), func(t *testing.T) {
			t.Parallel()
			got := make(chan string, 1)
			l := openLink(t, startDevice(t, answering(got, row.point == faults.OnFIN)), sample(row.effect, row.point))
			send := opening(row.point)
			if row.point == faults.Connect {
				send = "" // it would cross with the end
			}
			saw, end := ask(t, l.Addr(), send)
			if saw != row.wantClient || end != row.wantErrno {
				t.Errorf("client saw %q, %s; want %q, %s", saw, end, row.wantClient, row.wantErrno)
			}
			if row.wantDevice != "" {
				if s := <-got; s != row.wantDevice {
					t.Errorf("device got %s; want %s", s, row.wantDevice)
				}
			}
			log := closeLink(t, l)
			if len(log) != 1 {
				t.Fatalf("log has %d connections, want 1", len(log))
			}
			c, first := log[0], results.ByLink
			if row.point == faults.OnFIN {
				first = results.ByDevice
			}
			if injected := fmt.Sprintf("%s at %s", row.effect, row.point); c.First != first || c.Reset != row.reset || c.Cause != row.cause || c.Injected != injected {
				t.Errorf("log: %+v; want reset by %q, cause %q, injected %q", c, row.reset, row.cause, injected)
			}
			if len(c.Strikes) != 1 || c.Strikes[0].Fault != c.Injected || c.Strikes[0].At < c.Opened {
				t.Errorf("log: strikes %+v, want the one that ended it", c.Strikes)
			}
			if (c.Reset == "") != (c.ResetAt < 0) || c.Device.IsValid() != (row.wantDevice != "") {
				t.Errorf("log: reset at %v, device called from %v", c.ResetAt, c.Device)
			}
			checkTimes(t, c, row.point)
		})
	}
}

// checkTimes holds the log's times against the point that was struck.
func checkTimes(t *testing.T, c Connection, struck faults.Point) {
	t.Helper()
	if struck == faults.Connect || struck == faults.Handshake {
		if len(c.Exchanges) != 0 {
			t.Errorf("log has exchanges %+v, want none", c.Exchanges)
		}
		return
	}
	if len(c.Exchanges) != 1 {
		t.Fatalf("log has exchanges %+v, want one", c.Exchanges)
	}
	ex := c.Exchanges[0]
	if ex.Command != "0-0" || !ex.Identified || ex.Method != http.MethodPut || ex.Attempt != 1 {
		t.Errorf("log has exchange %+v, want attempt 1 of PUT 0-0", ex)
	}
	forwarded := struck != faults.BeforeForward && struck != faults.Request
	answered := forwarded && struck != faults.AfterForward && struck != faults.Response
	if ex.Read < c.Opened || forwarded != (ex.Forwarded >= ex.Read) || answered != (ex.Answered >= ex.Read) || c.Closed < ex.Read {
		t.Errorf("log has %+v, opened %v, closed %v; want forwarded %t, answered %t", ex, c.Opened, c.Closed, forwarded, answered)
	}
	if (c.Called >= c.Opened) != c.Device.IsValid() || (c.Connected >= max(c.Called, 0)) != c.Device.IsValid() {
		t.Errorf("log has opened %v, called %v, connected %v, by %v", c.Opened, c.Called, c.Connected, c.Device)
	}
	if forwarded != (ex.Status == http.StatusOK) {
		t.Errorf("log has status %d", ex.Status)
	}
}

// ask sends text and reads to the end. A RST may be so fast that it ends the
// dial or the write.
func ask(t *testing.T, address, text string) (saw, end string) {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		return "", errno(err)
	}
	s := newSide(t, c, nil)
	defer s.Close()
	if _, err := io.WriteString(s, text); err != nil {
		return "", errno(err)
	}
	b, err := io.ReadAll(s)
	return string(b), errno(cmp.Or(err, io.EOF))
}
