package adapters_test

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"rstorm/clients/adapter"
)

// A once is a device that answers the first request of every connection, and
// executes the second but resets the connection in the place of an answer.
type once struct {
	net.Listener
	serving  sync.WaitGroup
	mu       sync.Mutex
	executed int  // how often /x was
	struck   bool // a connection was reset
}

func newOnce(t *testing.T) *once {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o := &once{Listener: l}
	o.serving.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			o.serving.Go(func() {
				defer context.AfterFunc(t.Context(), func() { _ = conn.Close() })()
				o.serve(conn.(*net.TCPConn))
			})
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		o.serving.Wait()
	})
	return o
}

func (o *once) serve(conn *net.TCPConn) {
	defer func() { _ = conn.Close() }()
	from := bufio.NewReader(conn)
	for n := range 2 {
		req, err := http.ReadRequest(from)
		if err != nil {
			return // the client has closed
		}
		if _, err := from.Discard(int(max(0, req.ContentLength))); err != nil {
			return
		}
		o.mu.Lock()
		if o.struck = o.struck || n == 1; req.URL.Path == "/x" {
			o.executed++
		}
		o.mu.Unlock()
		if n == 0 {
			_, _ = conn.Write([]byte("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")) // a client that has gone is its own doing
		}
	}
	_ = conn.SetLinger(0)
}

// What the clients do, as measured without adapters: of a command that was
// executed and whose connection was reset then, which methods they send again
// by themselves.
var resends = map[string]string{
	"fetch": "", "http": "", "undici": "", "axios": "", "axios-retry": "GET PUT",
	"requests": "", "requests-retry": "GET PUT", "httpx": "", "http.client": "",
	"curl": "GET PUT", "httpclient": "GET", "urlconnection": "GET PUT", "okhttp": "GET PUT",
	"nethttp": "GET",
}

// TestEveryClientSendsAgainWhatItWouldByItself shows that an adapter neither
// hides nor adds a resend.
func TestEveryClientSendsAgainWhatItWouldByItself(t *testing.T) {
	each(t, func(t *testing.T, p *adapter.Process, profile string) {
		again, known := resends[profile]
		closing := strings.HasSuffix(profile, "-close")
		if profile == "aiohttp" {
			known = true
			if !strings.Contains(p.Hello.Lib, "aiohttp 3.8.") && !strings.Contains(p.Hello.Lib, "aiohttp 3.9.") {
				again = "GET PUT" // since 3.10
			}
		}
		if !known && !closing {
			t.Fatal("what it sends again is not known")
		}
		for _, method := range []string{"PUT", "GET"} {
			executed, r := struck(t, p, profile, method, !closing)
			want := 1
			if strings.Contains(again, method) {
				want = 2
			}
			if ok := closing || want == 2; executed != want || (r.Err == nil) != ok {
				t.Errorf("%s: executed %d times, want %d; ok is to be %v: %+v", method, executed, want, ok, r.Err)
			}
			if r.Err != nil {
				t.Logf("%s: %+v", method, *r.Err)
			}
		}
	})
}

// struck has a client send a command over the connection of the one before, if
// it keeps any, and returns how often it was executed. On a busy machine a
// client may find that connection not idle yet: then it is asked again.
func struck(t *testing.T, p *adapter.Process, profile, method string, keeps bool) (int, adapter.Result) {
	warm := adapter.Command{Method: "GET", Path: "/warm"}
	cmd := adapter.Command{Seq: 1, Method: method, Path: "/x"}
	if method == "PUT" {
		cmd.Body = "on"
	}
	for range 10 {
		device := newOnce(t)
		all := carried(t, p, adapter.Init{BaseURL: "http://" + device.Addr().String(), Profile: profile, TimeoutMS: 10_000}, warm, cmd)
		device.mu.Lock()
		executed, struck := device.executed, device.struck
		device.mu.Unlock()
		if all[0].Err == nil && struck == keeps {
			return executed, all[1]
		}
	}
	t.Fatalf("%s: it never had a connection reset, want %v", method, keeps)
	return 0, adapter.Result{}
}
