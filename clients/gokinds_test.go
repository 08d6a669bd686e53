package clients

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"rstorm/results"
)

// seen keeps what a device saw of its requests.
type seen struct {
	mu       sync.Mutex
	requests []*http.Request
}

func (s *seen) device(p *peer) {
	for req := p.request(); req != nil; req = p.request() {
		s.mu.Lock()
		s.requests = append(s.requests, req)
		s.mu.Unlock()
		p.say(whole)
	}
	p.server.event <- struct{}{}
}

// Both ways in which net/http closes announce it, have a connection per command,
// and close it by themselves.
func TestGoClosesByItself(t *testing.T) {
	for _, name := range []string{"go-close", "go-refresh"} {
		t.Run(name, func(t *testing.T) {
			var all seen
			s := serve(t, all.device)
			n := s.network()
			c := start(t, kind(t, name), n)
			for seq, want := range []string{first, anew, "ok 200: done 3/1 ok"} {
				expect(t, do(t, c, command("PUT", uint32(seq))), want)
				s.wait() // the device saw the client close
			}
			for _, req := range all.requests {
				if !req.Close {
					t.Errorf("said %v, want Connection: close", req.Header)
				}
			}
			if got, want := n.Dialer.Counts(), (Counts{Dials: 3}); got != want {
				t.Errorf("the dialer counted %+v, want %+v", got, want)
			}
		})
	}
}

// With a key net/http sends a PUT again that was executed, as it does a GET, and
// does not say so. Without one no request carries a key.
func TestGoSendsEverythingAgainThatHasAKey(t *testing.T) {
	for _, tt := range []struct {
		strategy Strategy
		key      bool
		want     string
	}{
		{GoDefault{}, false, "reset 0: wait 1/2 reset"},
		{GoDefault{Key: true}, true, "ok 200: wait 1/2 reset; done 2/1 ok"},
	} {
		var all seen
		s := serve(t, func(p *peer) {
			for req := p.request(); req != nil; req = p.request() {
				all.mu.Lock()
				all.requests = append(all.requests, req)
				all.mu.Unlock()
				if p.seq(req) == 1 && !p.again(req) {
					p.reset()
					return
				}
				p.say(whole)
			}
		})
		c := start(t, tt.strategy, s.network())
		expect(t, do(t, c, command("PUT", 0)), first)
		expect(t, do(t, c, command("PUT", 1)), tt.want)
		all.mu.Lock()
		defer all.mu.Unlock()
		for _, req := range all.requests {
			id := req.Header.Get(results.IDHeader)
			if got := req.Header.Get("Idempotency-Key"); id == "" || tt.key && got != id || !tt.key && got != "" {
				t.Errorf("%+v: command %q has the key %q", tt.strategy, id, got)
			}
		}
	}
}

// Every URL of go-refresh is another one, and still holds what the command's
// had, in its place.
func TestGoRefreshNeverAsksTheSameTwice(t *testing.T) {
	var all seen
	s := serve(t, all.device)
	c := start(t, kind(t, "go-refresh"), s.network())
	urls := map[string]bool{}
	for range 20 {
		do(t, c, command("GET", 0))
	}
	for _, req := range all.requests {
		urls[req.RequestURI] = true
		if !strings.HasPrefix(req.RequestURI, command("GET", 0).Target+"&"+uniqueParameter+"=") {
			t.Errorf("asked for %s", req.RequestURI)
		}
	}
	if len(urls) != 20 {
		t.Errorf("%d URLs, want 20", len(urls))
	}
}

// A refresh beside a command that is under way leaves that alone.
func TestGoRefreshSparesOthers(t *testing.T) {
	held := make(chan struct{})
	s := serve(t, func(p *peer) {
		if req := p.request(); req != nil && p.seq(req) == 0 {
			p.server.event <- struct{}{}
			<-held
		}
		p.say(whole)
	})
	c := start(t, kind(t, "go-refresh"), s.network())
	slow := make(chan results.Reply, 1)
	go func() { slow <- do(t, c, command("PUT", 0)) }()
	s.wait()
	expect(t, do(t, c, command("PUT", 1)), anew)
	close(held)
	expect(t, <-slow, first)
}
