package clients

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
)

// poisoned answers a first round of n requests, on as many connections, and
// resets each of these when it carries another. Later connections are well.
func poisoned(t *testing.T, n int) *server {
	var came atomic.Int32
	all := make(chan struct{})
	return serve(t, func(p *peer) {
		if p.number > n {
			answers(whole)(p)
			return
		}
		if p.request() == nil {
			return
		}
		if came.Add(1) == int32(n) {
			close(all)
		}
		select {
		case <-all:
		case <-p.server.shut:
			return
		}
		p.say(whole)
		if p.request() != nil {
			p.reset()
		}
	})
}

// A stale resend takes the next connection that is idle, as curl and net/http
// do: that may be as dead, and attempts bounds how many are tried. Without one
// it opens another. The other words go for a fresh connection at once.
func TestStaleResendsTakeWhatIsIdle(t *testing.T) {
	const idle = 10
	for _, tt := range []struct {
		retry Retry
		dead  int // attempts that were reset
		last  string
	}{
		{Retry{When: StaleAny}, 2, ""},
		{Retry{When: StaleAny, Attempts: 6}, 6, ""},
		{Retry{When: StaleAny, Attempts: 30}, idle, "done 11/1 ok"},
		{Retry{When: StaleIdempotent, Attempts: 30}, idle, "done 11/1 ok"},
		{Retry{When: StaleSafe, Attempts: 30}, 1, ""}, // its bytes were taken
		{Retry{When: Idempotent, Attempts: 6}, 1, "done 11/1 ok"},
		{Retry{When: Any, Attempts: 6}, 1, "done 11/1 ok"},
	} {
		t.Run(fmt.Sprintf("%s, attempts %d", tt.retry.When, tt.retry.Attempts), func(t *testing.T) {
			t.Parallel()
			s := poisoned(t, idle)
			c := start(t, Raw{Retry: tt.retry}, s.network())
			together(t, c, commands("PUT", 0, idle)...)
			r := do(t, c, command("PUT", 99))
			var ends []string
			used := map[int]bool{}
			for _, a := range r.Attempts {
				ends = append(ends, fmt.Sprintf("%s ?/%d %v", a.Phase, a.Exchange, a.Outcome))
				used[a.Connection] = true
			}
			want := strings.Repeat("; wait ?/2 reset", tt.dead)[2:]
			if tt.last != "" {
				want += "; done ?/1 ok"
			}
			if got := strings.Join(ends, "; "); got != want || len(used) != len(r.Attempts) || !strings.HasSuffix(tell(r), tt.last) {
				t.Errorf("got %s, want %s, each on a connection of its own", tell(r), want)
			}
			if got := s.count("PUT", 99); got != len(r.Attempts) {
				t.Errorf("the device received it %d times, on record are %d", got, len(r.Attempts))
			}
		})
	}
}
