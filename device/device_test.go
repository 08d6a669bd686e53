package device

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"rstorm/faults"
	"rstorm/results"
)

func TestMain(m *testing.M) {
	live(os.Args[1:]) // if this is the child of a test
	if os.Getenv("GORACE") == "" {
		os.Setenv("GORACE", "atexit_sleep_ms=0") // else each child ends a second late
	}
	goleak.VerifyTestMain(m)
}

// running is a device, in this process or in one of its own.
type running interface {
	Addr() string
	Ledger() []Execution
	Connections() []Connection
}

// patience is when a test gives up; no test is faster or slower for it.
const patience = 30 * time.Second

// switchOn starts a device in real time.
func switchOn(t *testing.T, p Profile) *Device {
	t.Helper()
	return switchOnWith(t, p, clock{now: sinceNow(), wait: faults.Wait})
}

func switchOnWith(t *testing.T, p Profile, c clock) *Device {
	t.Helper()
	d, err := start(Config{Profile: p, Seed: 1}, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// switchOnTelling starts a device that tells of every connection that it has
// closed. The record of one is complete before that.
func switchOnTelling(t *testing.T, speaks results.Protocol, p Profile) (*Device, <-chan Connection) {
	t.Helper()
	closed := make(chan Connection, 8)
	cfg := Config{Profile: p, Seed: 1, Protocol: speaks, Ended: func(c Connection) { closed <- c }}
	return switchOnConfigured(t, cfg, clock{now: sinceNow(), wait: faults.Wait}), closed
}

// next is the connection that a device told of.
func next(t *testing.T, closed <-chan Connection) Connection {
	t.Helper()
	select {
	case c := <-closed:
		return c
	case <-time.After(patience):
		t.Fatal("no connection ended")
		return Connection{}
	}
}

func sinceNow() func() time.Duration {
	epoch := time.Now()
	return func() time.Duration { return time.Since(epoch) }
}

// gate is a clock whose waits last until the test opens it, and whose hands
// the test may move.
type gate struct {
	hands   atomic.Int64
	reached chan time.Duration
	opened  chan struct{}
}

func newGate() *gate {
	return &gate{reached: make(chan time.Duration), opened: make(chan struct{})}
}

func (g *gate) clock() clock {
	return clock{now: func() time.Duration { return time.Duration(g.hands.Load()) }, wait: g.wait}
}

func (g *gate) wait(ctx context.Context, d time.Duration) error {
	select {
	case g.reached <- d:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-g.opened:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// arrive returns when the device waits, and for how long it would.
func (g *gate) arrive(t *testing.T) time.Duration {
	t.Helper()
	select {
	case d := <-g.reached:
		return d
	case <-time.After(patience):
		t.Fatal("the device never waited")
		return 0
	}
}

// open lets one wait pass.
func (g *gate) open(t *testing.T) {
	t.Helper()
	select {
	case g.opened <- struct{}{}:
	case <-time.After(patience):
		t.Fatal("the device does not wait any more")
	}
}

// diary is a clock that waits for nothing and notes what it was asked for.
type diary struct {
	mu    sync.Mutex
	waits []time.Duration
}

func (y *diary) clock() clock { return clock{now: sinceNow(), wait: y.wait} }

func (y *diary) wait(_ context.Context, d time.Duration) error {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.waits = append(y.waits, d)
	return nil
}

func (y *diary) noted() []time.Duration {
	y.mu.Lock()
	defer y.mu.Unlock()
	return slices.Clone(y.waits)
}

// eventually returns when the condition holds.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !condition(); runtime.Gosched() {
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
	}
}

// client is a bare connection to a device.
type client struct {
	*net.TCPConn
	t   *testing.T
	in  *bufio.Reader
	out io.Writer // what requests go out by: the connection, or TLS over it
}

func dial(t *testing.T, d running) *client {
	t.Helper()
	c, err := tryDial(t, d)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func tryDial(t *testing.T, d running) (*client, error) {
	t.Helper()
	conn, err := net.DialTimeout("tcp", d.Addr(), patience)
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() { conn.Close() })
	return bare(t, conn), nil
}

// bare makes a client of a connection.
func bare(t *testing.T, conn net.Conn) *client {
	t.Helper()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	return &client{conn.(*net.TCPConn), t, bufio.NewReader(conn), conn}
}

// mustBeReset demands a connection that is reset when it is accepted. By the
// time the dialler looks the RST may be there already; then dialling reports it.
func mustBeReset(t *testing.T, d *Device) {
	t.Helper()
	c, err := tryDial(t, d)
	if err == nil {
		_, err = c.rest()
	}
	if !errors.Is(err, errReset) {
		t.Fatalf("connection met %v, want ECONNRESET", err)
	}
}

// put and get are the two requests as they stand on the wire; more headers may
// be given.
func put(id string, headers ...string) string { return ask("PUT", "/put/ctrl", id, headers...) }
func get(id string, headers ...string) string { return ask("GET", "/query/state", id, headers...) }

func ask(method, path, id string, headers ...string) string {
	head := fmt.Sprintf("%s %s HTTP/1.1\r\nHost: device\r\n%s: %s\r\n", method, path, results.IDHeader, id)
	for _, h := range headers {
		head += h + "\r\n"
	}
	return head + "\r\n"
}

func (c *client) send(request string) {
	c.t.Helper()
	if _, err := io.WriteString(c.out, request); err != nil {
		c.t.Fatal(err)
	}
}

// reply is an answer as received.
type reply struct {
	*http.Response
	content string
}

// read reads an answer, which must be whole.
func (c *client) read(method string) (reply, error) {
	r, err := http.ReadResponse(c.in, &http.Request{Method: method})
	if err != nil {
		return reply{}, err
	}
	content, err := io.ReadAll(r.Body)
	return reply{r, string(content)}, err
}

// receive is read where the answer must come.
func (c *client) receive(method string) reply {
	c.t.Helper()
	r, err := c.read(method)
	if err != nil {
		c.t.Fatal(err)
	}
	return r
}

// do sends a request and reads its answer.
func (c *client) do(request string) reply {
	c.t.Helper()
	c.send(request)
	method, _, _ := strings.Cut(request, " ")
	return c.receive(method)
}

// rest reads up to the end of the connection and says how it came.
func (c *client) rest() (received string, end error) {
	c.t.Helper()
	b, err := io.ReadAll(c.in)
	if err == nil {
		err = io.EOF
	}
	return string(b), err
}

// mustEnd demands that nothing more comes but this end.
func (c *client) mustEnd(want error) {
	c.t.Helper()
	if got, err := c.rest(); !errors.Is(err, want) || got != "" {
		c.t.Fatalf("connection ended with %v after %q, want %v after nothing", err, got, want)
	}
}

// reset closes the client's side with a RST.
func (c *client) reset() {
	c.t.Helper()
	if err := errors.Join(c.SetLinger(0), c.Close()); err != nil {
		c.t.Fatal(err)
	}
}

// ended waits until the device's n-th connection is closed.
func ended(t *testing.T, d running, n int) Connection {
	t.Helper()
	var c Connection
	eventually(t, fmt.Sprintf("the end of connection %d", n), func() bool {
		all := d.Connections()
		if len(all) >= n {
			c = all[n-1]
		}
		return c.Ended != ""
	})
	return c
}

// executions counts the ledger's lines for an id.
func executions(d running, id string) (n int) {
	for _, e := range d.Ledger() {
		if e.Command == id {
			n++
		}
	}
	return n
}

// lying returns when so many bytes lie unread in the n-th connection.
func lying(t *testing.T, d *Device, n, bytes int) {
	t.Helper()
	eventually(t, fmt.Sprintf("%d bytes unread", bytes), func() bool {
		d.roster.mu.Lock()
		c := d.roster.open[n]
		d.roster.mu.Unlock()
		return c != nil && unread(c.tcp) == bytes
	})
}

var errReset = syscall.ECONNRESET
