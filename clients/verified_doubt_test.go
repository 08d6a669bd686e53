package clients

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"rstorm/results"
)

// refusing is the network n, whose nth connection is refused.
func refusing(n Network, nth int32) Network {
	to, dials := n.Dialer, new(atomic.Int32)
	n.Dialer = NewDialer(func(ctx context.Context) (net.Conn, error) {
		if dials.Add(1) == nth {
			return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
		}
		return to.dial(ctx)
	})
	return n
}

// Once a command may have been executed it is asked for before every resend,
// also if the last attempt can't have reached the device: it may be executed
// after the first question.
func TestRetryVerifiedStaysInDoubt(t *testing.T) {
	for _, tt := range []struct{ second, want string }{
		{saysYes, "ok 200: wait 1/1 reset; connect 0/0 refused"},
		{saysNo, "ok 200: wait 1/1 reset; connect 0/0 refused; done 4/1 ok"},
	} {
		o := newOracle(t, func(p *peer, nth int64) {
			p.say(body([]string{saysNo, tt.second}[nth-1]))
		})
		c := start(t, asking(t), refusing(o.network(), 3))
		r := do(t, c, command("PUT", 1))
		if got := tell(r); got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
		if got := o.questions.Load(); got != 2 {
			t.Errorf("%d questions, want one before each resend", got)
		}
	}
}

// The device keeps a command and never answers: the preset gives it up while
// there is time to ask, and is told that it was executed.
func TestRetryVerifiedAsksAfterAStall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := pipes(func(far net.Conn) {
			from := bufio.NewReader(far)
			req, err := http.ReadRequest(from)
			if err != nil {
				return
			}
			if req.Header.Get(results.IDHeader) == "" {
				fmt.Fprint(far, body(saysYes))
			}
			io.Copy(io.Discard, from)
		})
		c := kind(t, "retry-verified").Client(n)
		defer c.Close()
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second) // as load.timeout has it
		defer cancel()
		if got, want := tell(c.Do(ctx, command("PUT", 1))), "ok 200: wait 1/1 timed-out"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}

// No resend and no question begins after the deadline for them, however long an
// answer takes.
func TestTheDeadlineBoundsQuestionsToo(t *testing.T) {
	for _, tt := range []struct {
		name      string
		deadline  time.Duration
		takes     time.Duration // every question
		answer    string
		attempts  int
		questions int64
		want      time.Duration
	}{
		{"answered in time", 500 * time.Millisecond, 399 * time.Millisecond, body(saysNo), 2, 1, 499 * time.Millisecond},
		{"answered late", 500 * time.Millisecond, 401 * time.Millisecond, body(saysNo), 1, 1, 501 * time.Millisecond},
		{"time for two questions", 399 * time.Millisecond, 0, "", 1, 2, 200 * time.Millisecond},
		{"time for one", 150 * time.Millisecond, 0, "", 1, 1, 100 * time.Millisecond},
		{"time for none", 99 * time.Millisecond, 0, "", 1, 0, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			var commands, questions atomic.Int64
			n := pipes(func(far net.Conn) {
				req, err := http.ReadRequest(bufio.NewReader(far))
				switch {
				case err != nil:
				case req.Header.Get(results.IDHeader) == "":
					questions.Add(1)
					time.Sleep(tt.takes)
					fmt.Fprint(far, tt.answer)
				case commands.Add(1) == 2:
					fmt.Fprint(far, whole)
				}
			})
			use := asking(t)
			use.Backoff, use.Deadline = 100*time.Millisecond, tt.deadline
			c := use.Client(n)
			defer c.Close()
			begun := time.Now()
			r := c.Do(t.Context(), command("PUT", 1))
			if took := time.Since(begun); len(r.Attempts) != tt.attempts || questions.Load() != tt.questions || took != tt.want {
				t.Errorf("%s: %s after %d questions and %v, want %d attempts, %d questions and %v",
					tt.name, tell(r), questions.Load(), took, tt.attempts, tt.questions, tt.want)
			}
		})
	}
}

// A budget is spent as a resend is made: questions that lead to none leave it
// whole. Where it is spent nothing is asked, as nothing could follow.
func TestQuestionsSpendNoBudget(t *testing.T) {
	for _, tt := range []struct {
		answer        string
		ok, questions int64
	}{
		{saysYes, 20, 20},
		{saysNo, 3, 3}, // one for nothing, and a tenth for each of 20
	} {
		var questions atomic.Int64
		s := serve(t, func(p *peer) {
			for req := p.request(); req != nil; req = p.request() {
				switch {
				case req.Header.Get(results.IDHeader) == "":
					questions.Add(1)
					p.say(body(tt.answer))
				case p.again(req):
					p.say(whole)
				default:
					p.reset()
					return
				}
			}
		})
		use := asking(t)
		use.Budget = 0.1
		c := start(t, use, s.network())
		ok := int64(0)
		for seq := range uint32(20) {
			if do(t, c, command("PUT", seq)).Outcome == results.OK {
				ok++
			}
		}
		if ok != tt.ok || questions.Load() != tt.questions {
			t.Errorf("%s: %d of 20 are ok after %d questions, want %d after %d", tt.answer, ok, questions.Load(), tt.ok, tt.questions)
		}
	}
}
