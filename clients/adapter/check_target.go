package adapter

import (
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// idHeader carries a command's id.
const idHeader = "X-Command-Id"

// A target is the server that an adapter is checked with. It knows what it
// received, when, over which connection, and what it sent.
type target struct {
	listener net.Listener
	server   http.Server
	serving  sync.WaitGroup
	closing  chan struct{}

	mu      sync.Mutex
	seen    []request
	closed  map[string]chan struct{} // by the client's address of the connection
	gate    chan struct{}            // /gate waits for it
	present int                      // requests that wait in /meet
	meeting chan struct{}            // closed when as many as are wanted do
	wanted  int
	crowd   *crowd
}

// A crowd is how many requests are present at once.
type crowd struct{ now, most int }

// A request is what the target received and sent.
type request struct {
	id, method, uri, host, from string
	header                      http.Header
	body                        []byte
	began, ended                time.Time // when it was here, and before the last byte of its answer left
}

func newTarget() (*target, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("open the server to check with: %w", err)
	}
	t := &target{listener: l, closing: make(chan struct{}), closed: map[string]chan struct{}{}, crowd: &crowd{}}
	t.server.Handler, t.server.ReadHeaderTimeout = t, 10*time.Second
	t.server.ConnState = t.follow
	t.serving.Go(func() { _ = t.server.Serve(l) }) // always ends with an error, as close makes it
	return t, nil
}

func (t *target) close() {
	close(t.closing)
	_ = t.server.Close()
	t.serving.Wait()
}

func (t *target) url() string { return "http://" + t.listener.Addr().String() }

// follow notes when connections come and go.
func (t *target) follow(c net.Conn, s http.ConnState) {
	t.mu.Lock()
	defer t.mu.Unlock()
	from := c.RemoteAddr().String()
	switch s {
	case http.StateNew:
		t.closed[from] = make(chan struct{})
	case http.StateClosed, http.StateHijacked:
		if done := t.closed[from]; done != nil {
			close(done)
			delete(t.closed, from)
		}
	}
}

// open lists what tells the end of each connection that is open.
func (t *target) open() []chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	var all []chan struct{}
	for _, done := range t.closed {
		all = append(all, done)
	}
	return all
}

// forget begins anew.
func (t *target) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.seen, t.gate, t.meeting, t.present = nil, make(chan struct{}), make(chan struct{}), 0
	t.crowd = &crowd{} // who has stayed from before is none of it
}

// most is how many requests were present at once since forget.
func (t *target) most() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.crowd.most
}

// requests are those received since forget, by order.
func (t *target) requests() []request {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]request(nil), t.seen...)
}
