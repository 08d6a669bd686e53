package device

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"rstorm/faults"
	"rstorm/results"
)

func TestACalmDeviceAnswersOnOneConnection(t *testing.T) {
	d := switchOn(t, Profile{})
	c := dial(t, d)
	for i, request := range []string{put("0-0"), get("0-1"), ask("POST", "/put/ctrl", "0-2"), put("0-3")} {
		id := fmt.Sprintf("0-%d", i)
		r := c.do(request)
		sum := sha256.Sum256([]byte(r.content))
		digest := "sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":"
		if r.StatusCode != 200 || r.Close || r.ContentLength != int64(len(r.content)) ||
			r.Header.Get("Content-Type") != "application/json" || r.Header.Get("Content-Digest") != digest || r.Header.Get(results.IDHeader) != id {
			t.Errorf("%s: answer %+v with %q", id, r.Response, r.content)
		}
		e := d.Ledger()[i]
		method, _, _ := strings.Cut(request, " ")
		if want := (Execution{Command: id, Method: method, At: e.At, Connection: 1, Exchange: i + 1, Attempt: 1}); e != want {
			t.Errorf("ledger has %+v, want %+v", e, want)
		}
	}
	c.Close()
	if got := ended(t, d, 1); got.Ended != ClientClosed || got.Exchanges != 4 || got.Unread != 0 || got.Client.String() != c.LocalAddr().String() || got.Closed < got.Opened {
		t.Errorf("connection %+v", got)
	}
}

func TestTheAnswerTellsTheStateAndTheExecutions(t *testing.T) {
	c := dial(t, switchOn(t, Profile{}))
	for _, s := range []struct{ request, content string }{
		{put("0-1"), `{"command":"0-1","method":"PUT","state":1,"executed":1}`},
		{get("0-2"), `{"command":"0-2","method":"GET","state":1,"executed":1}`},
		{put("0-1"), `{"command":"0-1","method":"PUT","state":2,"executed":2}`},
		{"GET /query/state HTTP/1.1\r\nHost: device\r\n\r\n", `{"command":"","method":"GET","state":2,"executed":1}`},
		{"GET /nowhere HTTP/1.1\r\nHost: device\r\n\r\n", `{"error":"Not Found"}`},
	} {
		if r := c.do(s.request); r.content != s.content {
			t.Errorf("%q is answered %s, want %s", s.request, r.content, s.content)
		}
	}
}

// Who lost an answer may ask for it: that executes nothing, and no fault that
// picks a command takes the question for it.
func TestAQuestionAboutACommandExecutesNothing(t *testing.T) {
	d := switchOn(t, Profile{Faults: []faults.Fault{
		{Effect: faults.Reset, Point: faults.BeforeForward, Selector: faults.Selector{Commands: []string{"0-7"}}},
	}})
	about := func(id string) string {
		return "GET /query/state?of=" + id + " HTTP/1.1\r\nHost: device\r\n\r\n"
	}
	c := dial(t, d)
	for _, s := range []struct{ request, content string }{
		{about("0-1"), `{"command":"0-1","method":"","state":0,"executed":0}`},
		{put("0-1"), `{"command":"0-1","method":"PUT","state":1,"executed":1}`},
		{put("0-2"), `{"command":"0-2","method":"PUT","state":2,"executed":1}`},
		{about("0-1"), `{"command":"0-1","method":"PUT","state":1,"executed":1}`},
		{put("0-1"), `{"command":"0-1","method":"PUT","state":3,"executed":2}`},
		{about("0-1"), `{"command":"0-1","method":"PUT","state":3,"executed":2}`},
		{about("0-7"), `{"command":"0-7","method":"","state":3,"executed":0}`},
		{about(""), `{"command":"","method":"GET","state":3,"executed":1}`},
		{"GET /query/state?of=0-1&command=0-3 HTTP/1.1\r\nHost: device\r\n\r\n", `{"command":"0-3","method":"GET","state":3,"executed":1}`},
	} {
		if r := c.do(s.request); r.content != s.content {
			t.Errorf("%q is answered %s, want %s", s.request, r.content, s.content)
		}
	}
	var executed []string
	for _, e := range d.Ledger() {
		executed = append(executed, e.Method+" "+e.Command)
	}
	if want := []string{"PUT 0-1", "PUT 0-2", "PUT 0-1", "GET ", "GET 0-3"}; !slices.Equal(executed, want) {
		t.Errorf("executed %q, want %q", executed, want)
	}
}

func TestTheIDStandsInTheHeaderOrInTheTarget(t *testing.T) {
	d := switchOn(t, Profile{})
	c := dial(t, d)
	for _, request := range []string{
		"PUT /put/ctrl?command=1-1 HTTP/1.1\r\nHost: device\r\n\r\n",
		"PUT /put/ctrl?command=1-1&refresh=7 HTTP/1.1\r\nHost: device\r\nx-command-id: 1-2\r\n\r\n",
		"PUT /put/ctrl?refresh=8 HTTP/1.1\r\nHost: device\r\n\r\n",
	} {
		c.do(request)
	}
	var ids []string
	for _, e := range d.Ledger() {
		ids = append(ids, fmt.Sprintf("%s/%d", e.Command, e.Attempt))
	}
	if want := []string{"1-1/1", "1-2/1", "/0"}; !slices.Equal(ids, want) {
		t.Errorf("ids and attempts %q, want %q", ids, want)
	}
}

func TestAnIDCanNotSmuggleAHeader(t *testing.T) {
	c := dial(t, switchOn(t, Profile{}))
	r := c.do("PUT /put/ctrl?command=1%0d%0aConnection:%20close HTTP/1.1\r\nHost: device\r\n\r\n")
	if r.Close || r.Header.Get(results.IDHeader) != "" {
		t.Errorf("answer %+v", r.Response)
	}
}

func TestUnknownRoutesAreNotExecuted(t *testing.T) {
	d := switchOn(t, Profile{Faults: []faults.Fault{{Effect: faults.Reset, Point: faults.BeforeForward}}})
	c := dial(t, d)
	for _, s := range []struct{ method, path string }{
		{"GET", "/put/ctrl"}, {"PUT", "/query/state"}, {"DELETE", "/put/ctrl"}, {"GET", "/"}, {"OPTIONS", "*"}, {"PUT", "/put/ctrl/"},
	} {
		if r := c.do(ask(s.method, s.path, "0-1")); r.StatusCode != http.StatusNotFound || r.Close {
			t.Errorf("%s %s: %+v", s.method, s.path, r.Response)
		}
	}
	if len(d.Ledger()) != 0 {
		t.Errorf("ledger %+v", d.Ledger())
	}
}

func TestHEADGetsTheHeadOfGET(t *testing.T) {
	d := switchOn(t, Profile{})
	c := dial(t, d)
	r := c.do(ask("HEAD", "/query/state", "0-1"))
	empty := sha256.Sum256(nil)
	if r.ContentLength <= 0 || r.Header.Get("Content-Digest") != "sha-256=:"+base64.StdEncoding.EncodeToString(empty[:])+":" {
		t.Errorf("answer %+v", r.Response)
	}
	if r := c.do(get("0-2")); r.StatusCode != 200 || executions(d, "0-1") != 1 {
		t.Errorf("the exchange after it: %+v; ledger %+v", r.Response, d.Ledger())
	}
}

func TestStatusesWithoutContent(t *testing.T) {
	for _, code := range []int{204, 304, 429, 599} {
		d := switchOn(t, Profile{Faults: []faults.Fault{{Effect: faults.Status, Point: faults.BeforeForward, Code: code}}})
		c := dial(t, d)
		for _, request := range []string{put("0-1"), get("0-2")} {
			r := c.do(request)
			if r.StatusCode != code || (r.content == "") != (code == 204 || code == 304) {
				t.Errorf("%d: answer %+v with %q", code, r.Response, r.content)
			}
		}
		if len(d.Ledger()) != 0 {
			t.Errorf("%d: ledger %+v", code, d.Ledger())
		}
	}
}

func TestPipelinedRequestsAreAnsweredInOrder(t *testing.T) {
	d := switchOn(t, Profile{})
	c := dial(t, d)
	c.send(put("0-1") + get("0-2") + put("0-3", "Content-Length: 2") + "on" + get("0-4"))
	for i, method := range []string{"PUT", "GET", "PUT", "GET"} {
		want := fmt.Sprintf("0-%d", i+1)
		if r := c.receive(method); r.Header.Get(results.IDHeader) != want || d.Ledger()[i].Command != want || d.Ledger()[i].Exchange != i+1 {
			t.Errorf("answer %d is to %q; ledger %+v", i+1, r.Header.Get(results.IDHeader), d.Ledger())
		}
	}
}

func TestBodiesAreReadInEveryForm(t *testing.T) {
	d := switchOn(t, Profile{})
	c := dial(t, d)
	for i, request := range []string{
		put("0-0", "Content-Length: 5") + "hello",
		put("0-1", "Transfer-Encoding: chunked") + "5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nTrailer: yes\r\n\r\n",
		put("0-2", fmt.Sprintf("Content-Length: %d", maxBody)) + strings.Repeat("x", maxBody),
		get("0-3", "Content-Length: 3") + "abc",
	} {
		if r := c.do(request); r.StatusCode != 200 || executions(d, fmt.Sprintf("0-%d", i)) != 1 {
			t.Errorf("request %d: status %d", i, r.StatusCode)
		}
	}
}

func TestExpectContinueIsAnswered(t *testing.T) {
	d := switchOn(t, Profile{})
	c := dial(t, d)
	c.send(put("0-1", "Content-Length: 5", "Expect: 100-continue"))
	if r := c.receive("PUT"); r.StatusCode != http.StatusContinue || len(d.Ledger()) != 0 {
		t.Fatalf("interim answer %+v, ledger %+v", r.Response, d.Ledger())
	}
	c.send("hello")
	if r := c.receive("PUT"); r.StatusCode != 200 {
		t.Errorf("answer %+v", r.Response)
	}
}

func TestARequestThatCanNotBeReadIsAnsweredAndTheConnectionClosed(t *testing.T) {
	for _, s := range []struct {
		name, request string
		status        int
	}{
		{"garbage", "\x16\x03\x01\x02\x00\x01\r\n\r\n", 400},
		{"no version", "PUT /put/ctrl\r\n\r\n", 400},
		{"two lengths", put("0-1", "Content-Length: 1", "Content-Length: 2"), 400},
		{"broken chunk", put("0-1", "Transfer-Encoding: chunked") + "zz\r\n", 400},
		{"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
		{"long line", "GET /" + strings.Repeat("x", maxHead+4096), 431},
		{"many headers", put("0-1", slices.Repeat([]string{"X: y"}, maxHead/2)...), 431},
		{"announced too large", put("0-1", "Content-Length: 1048577"), 413},
		{"announced too large, asking first", put("0-1", "Content-Length: 1048577", "Expect: 100-continue"), 413},
		{"chunked too large", put("0-1", "Transfer-Encoding: chunked") + "200000\r\n" + strings.Repeat("x", 0x200000) + "\r\n0\r\n\r\n", 413},
	} {
		t.Run(s.name, func(t *testing.T) {
			d := switchOn(t, Profile{})
			c := dial(t, d)
			c.send(s.request)
			if r := c.receive("PUT"); r.StatusCode != s.status || !r.Close {
				t.Errorf("answer %+v, want %d and close", r.Response, s.status)
			}
			c.mustEnd(io.EOF)
			c.Close()
			if got := ended(t, d, 1); got.Ended != RequestRejected || len(d.Ledger()) != 0 {
				t.Errorf("connection %+v, ledger %+v", got, d.Ledger())
			}
		})
	}
}

func TestARequestThatStopsHalfwayIsTheClientsEnd(t *testing.T) {
	for _, part := range []string{"PUT /put", put("0-1")[:40], put("0-1", "Content-Length: 5") + "he", put("0-1", "Transfer-Encoding: chunked") + "5\r\nhe"} {
		for _, s := range []struct {
			end   func(*client)
			ended Ending
		}{
			{func(c *client) { c.Close() }, ClientClosed},
			{(*client).reset, ClientReset},
		} {
			d := switchOn(t, Profile{})
			c := dial(t, d)
			c.send(part)
			s.end(c)
			if got := ended(t, d, 1); got.Ended != s.ended || len(d.Ledger()) != 0 {
				t.Errorf("%q: connection %+v, want %q", part, got, s.ended)
			}
		}
	}
}

func TestACloseTheClientAsksForIsHonoured(t *testing.T) {
	for _, s := range []struct {
		name, request string
		connection    string // header of the answer
		closes        bool
	}{
		{"header", put("0-1", "Connection: close"), "close", true},
		{"HTTP/1.0", "PUT /put/ctrl HTTP/1.0\r\n\r\n", "close", true},
		{"HTTP/1.0 keep-alive", "PUT /put/ctrl HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "keep-alive", false},
		{"HTTP/1.1", put("0-1"), "", false},
	} {
		t.Run(s.name, func(t *testing.T) {
			d := switchOn(t, Profile{})
			c := dial(t, d)
			c.send(s.request)
			if err := c.CloseWrite(); err != nil {
				t.Fatal(err)
			}
			received, end := c.rest()
			_, value, _ := strings.Cut(received, "\r\nConnection: ")
			value, _, _ = strings.Cut(value, "\r\n")
			if end != io.EOF || value != s.connection {
				t.Errorf("ended with %v after an answer saying %q, want %q", end, value, s.connection)
			}
			if got := ended(t, d, 1); (got.Ended == CloseHonoured) != s.closes {
				t.Errorf("connection %+v", got)
			}
		})
	}
}

func TestIgnoreCloseKeepsTheConnection(t *testing.T) {
	d := switchOn(t, Profile{Faults: []faults.Fault{{Effect: faults.IgnoreClose, Point: faults.AfterResponse}}})
	c := dial(t, d)
	for i := range 3 {
		if r := c.do(put("0-1", "Connection: close")); r.Close || d.Ledger()[i].Exchange != i+1 {
			t.Errorf("answer %+v, ledger %+v", r.Response, d.Ledger())
		}
	}
	if r := c.do("PUT /put/ctrl HTTP/1.0\r\n\r\n"); r.Header.Get("Connection") != "" {
		t.Errorf("HTTP/1.0: answer %+v, want one that says nothing of the connection", r.Response)
	}
}
