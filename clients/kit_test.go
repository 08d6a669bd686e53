package clients

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"rstorm/results"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// giveUp is how long a test waits for what must come.
const giveUp = 30 * time.Second

// A server is a raw device on loopback: it plays a script on every connection
// and counts what it received and how many connections it reset.
type server struct {
	t        *testing.T
	listener net.Listener
	script   func(*peer)
	shut     chan struct{} // closed at the end of the test
	event    chan struct{} // what scripts tell the test
	gate     chan struct{} // what the test tells scripts
	wg       sync.WaitGroup

	mu       sync.Mutex
	received map[string]int // requests, by "METHOD id"
	resets   int
	dials    int
}

// A peer is one connection as the server has it.
type peer struct {
	*net.TCPConn
	server *server
	number int
	reader *bufio.Reader
}

func serve(t *testing.T, script func(*peer)) *server {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{t: t, listener: listener, script: script, received: map[string]int{},
		shut: make(chan struct{}), event: make(chan struct{}, 1000), gate: make(chan struct{})}
	s.wg.Go(s.accept)
	t.Cleanup(func() {
		close(s.shut)
		listener.Close()
		s.wg.Wait()
	})
	return s
}

func (s *server) accept() {
	for number := 1; ; number++ {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		p := &peer{conn.(*net.TCPConn), s, number, bufio.NewReader(conn)}
		s.mu.Lock()
		s.dials++
		s.mu.Unlock()
		s.wg.Go(func() {
			defer p.Close()
			s.script(p)
		})
	}
}

// network reaches the server with a dialer of its own.
func (s *server) network() Network {
	addr := s.listener.Addr().String()
	return Network{Host: addr, Seed: 7, Dialer: dialTo(addr)}
}

func dialTo(addr string) *Dialer {
	return NewDialer(func(ctx context.Context) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", addr)
	})
}

// count is how often the server received a request.
func (s *server) count(method string, seq uint32) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.received[method+" "+results.CommandID{Seq: seq}.String()]
}

// wait waits for the next event of a script.
func (s *server) wait() {
	s.t.Helper()
	select {
	case <-s.event:
	case <-time.After(giveUp):
		s.t.Fatal("the server's event never came")
	}
}

// request reads one request whole and counts it; nil if none comes any more.
func (p *peer) request() *http.Request {
	req, err := http.ReadRequest(p.reader)
	if err != nil {
		return nil
	}
	if _, err := io.Copy(io.Discard, req.Body); err != nil {
		return nil
	}
	p.server.mu.Lock()
	defer p.server.mu.Unlock()
	p.server.received[req.Method+" "+req.Header.Get(results.IDHeader)]++
	return req
}

// again reports whether the server has received req more than once.
func (p *peer) again(req *http.Request) bool {
	p.server.mu.Lock()
	defer p.server.mu.Unlock()
	return p.server.received[req.Method+" "+req.Header.Get(results.IDHeader)] > 1
}

// seq is the place of req in its client's sequence.
func (p *peer) seq(req *http.Request) uint32 {
	id, err := results.ParseCommandID(req.Header.Get(results.IDHeader))
	if err != nil {
		p.server.t.Errorf("request without a command id: %v", err)
	}
	return id.Seq
}

func (p *peer) say(text string) { io.WriteString(p, text) }

// reset aborts the connection with a RST (linger 0).
func (p *peer) reset() {
	p.server.mu.Lock()
	p.server.resets++
	p.server.mu.Unlock()
	p.SetLinger(0)
	p.Close()
}

// hold keeps the connection open and silent until the test is over or the
// client has closed it.
func (p *peer) hold() {
	gone := make(chan struct{})
	go func() {
		io.Copy(io.Discard, p.reader)
		close(gone)
	}()
	select {
	case <-gone:
	case <-p.server.shut:
		p.Close()
		<-gone
	}
}

// whole is a good answer; every request on a connection gets it.
const whole = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

// answers answers every request with text and keeps the connection.
func answers(text string) func(*peer) {
	return func(p *peer) {
		for p.request() != nil {
			p.say(text)
		}
	}
}

// command is a control command for a test.
func command(method string, seq uint32) results.Command {
	cmd := results.Command{ID: results.CommandID{Seq: seq}, Method: method}
	cmd.Target = "/put/ctrl?" + results.IDParameter + "=" + cmd.ID.String()
	if method == http.MethodPut {
		cmd.Body = []byte(`{"power":"on"}`)
	}
	return cmd
}

// start makes a client that ends with the test.
func start(t *testing.T, s Strategy, n Network) Client {
	c := s.Client(n)
	t.Cleanup(c.Close)
	return c
}

// rested is the idle line of a raw client that was used last.
func rested(c Client) *line {
	p := c.(*raw).pool
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.idle[len(p.idle)-1]
}

// engine is what speaks HTTP/1.1 on that.
func engine(c Client) *http1 { return rested(c).exchanger.(*http1) }

// do carries a command within the give-up time.
func do(t *testing.T, c Client, cmd results.Command) results.Reply {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), giveUp)
	defer cancel()
	return c.Do(ctx, cmd)
}

// tell writes a reply as a line: its outcome and status, then each attempt as
// phase, connection/exchange and outcome.
func tell(r results.Reply) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%v %d:", r.Outcome, r.Status)
	for _, a := range r.Attempts {
		fmt.Fprintf(&b, " %s %d/%d %v;", a.Phase, a.Connection, a.Exchange, a.Outcome)
	}
	return strings.TrimSuffix(b.String(), ";")
}

// expect checks what a reply tells and that its parts agree.
func expect(t *testing.T, r results.Reply, want string) {
	t.Helper()
	if got := tell(r); got != want {
		t.Errorf("got  %s\nwant %s\nerr: %v", got, want, r.Err)
	}
	if r.Err != nil && strings.Contains(r.Err.Error(), "127.0.0.1") {
		t.Errorf("the error names an address, so no two are equal: %v", r.Err)
	}
	last := r.Attempts[len(r.Attempts)-1]
	if last.Outcome != r.Outcome || last.Err != r.Err {
		t.Errorf("the last attempt says %v (%v), the reply %v (%v)", last.Outcome, last.Err, r.Outcome, r.Err)
	}
	var before time.Time
	for i, a := range r.Attempts {
		if a.Sent.Before(before) || a.Done.Before(a.Sent) {
			t.Errorf("attempt %d runs from %v to %v, after one that ended %v", i+1, a.Sent, a.Done, before)
		}
		if bad := a.Outcome != results.OK && a.Outcome != results.Rejected; bad != (a.Err != nil) {
			t.Errorf("attempt %d ended %v with error %v", i+1, a.Outcome, a.Err)
		}
		before = a.Done
	}
}
