//go:build unix

package adapter

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// lanes is a client over net/http that has so many commands under way at once.
func lanes(many func(Run) int) func(*script) {
	return func(s *script) {
		var init Init
		var http http.Client
		s.hello = func() {
			s.say(Hello{"hello", Version, "script", "net/http", "go", []string{CapBatch, CapConcurrency}, []string{"limits all", "limits each"}})
		}
		s.init = func() {
			http.CloseIdleConnections()
			if err := json.Unmarshal(s.line, &init); err != nil {
				panic(err)
			}
			http = limited(time.Duration(init.TimeoutMS)*time.Millisecond, init.Profile == "limits each")
			s.say(Ready{"ready"})
		}
		s.run = func(r Run) {
			all, free := make([]Result, len(r.Commands)), make(chan struct{}, many(r))
			var working sync.WaitGroup
			for i, c := range r.Commands {
				free <- struct{}{}
				working.Go(func() {
					all[i] = ask(&http, init.BaseURL, r.ID, c)
					<-free
				})
			}
			working.Wait()
			for _, r := range all {
				s.put(r)
			}
			s.done(r.ID)
		}
	}
}

// limited is a client that limits the whole exchange, or each read.
func limited(limit time.Duration, each bool) http.Client {
	if !each {
		return http.Client{Transport: &http.Transport{}, Timeout: limit}
	}
	return http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
		return impatient{conn, limit}, err
	}}}
}

// impatient is a connection that limits each read.
type impatient struct {
	net.Conn
	limit time.Duration
}

func (i impatient) Read(b []byte) (int, error) {
	if err := i.SetReadDeadline(time.Now().Add(i.limit)); err != nil {
		return 0, err
	}
	return i.Conn.Read(b)
}

func ask(client *http.Client, base string, run int, c Command) Result {
	res := Result{Type: "res", Run: run, Seq: c.Seq, T0: now()}
	answer, err := client.Get(base + c.Path)
	if err == nil {
		_, err = io.Copy(io.Discard, answer.Body)
		answer.Body.Close()
	}
	if res.T1 = now(); err != nil {
		res.Err = &Error{Name: "error", Msg: err.Error()}
		return res
	}
	res.Status = answer.StatusCode
	return res
}

// judged plays one rule with an adapter.
func judged(t *testing.T, life, profile, rule string) Finding {
	t.Helper()
	target, err := newTarget()
	if err != nil {
		t.Fatal(err)
	}
	defer target.close()
	c := &checker{Check: Check{Command: as(life), Profile: profile, Timeout: 2 * time.Second}, ctx: t.Context(), target: target}
	defer c.stop()
	if err := c.live(); err != nil {
		t.Fatal(err)
	}
	for _, r := range rules() {
		if r.name == rule {
			return c.judge(r)
		}
	}
	t.Fatalf("there is no rule %s", rule)
	return Finding{}
}

func TestConcurrencyIsNeitherLessNorMoreThanWasAsked(t *testing.T) {
	for _, tt := range []struct {
		life    string
		verdict Verdict
		got     string
	}{
		{"as many as it is told", Right, ""},
		{"all at once", Wrong, "5 at once"},
		{"one too many", Wrong, "4 at once"},
		{"one after the other", Wrong, "it waited for the others"},
	} {
		t.Run(tt.life, func(t *testing.T) {
			t.Parallel()
			if f := judged(t, tt.life, "", "concurrency"); f.Verdict != tt.verdict || !strings.Contains(f.Got, tt.got) {
				t.Errorf("%+v", f)
			}
		})
	}
}

// A device that goes on answering keeps a client that limits each read for as
// long as it likes.
func TestALimitOnEachReadIsNoTimeout(t *testing.T) {
	for profile, want := range map[string]Verdict{"limits all": Right, "limits each": Wrong} {
		t.Run(profile, func(t *testing.T) {
			t.Parallel()
			f := judged(t, "one after the other", profile, "timeout")
			if f.Verdict != want || want == Wrong && !strings.HasPrefix(f.Got, "drip: status 200 and no err") {
				t.Errorf("%+v", f)
			}
		})
	}
}
