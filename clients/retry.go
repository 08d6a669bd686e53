package clients

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"rstorm/results"
)

// Retry is the part of [Raw] that says what is sent again. The zero value sends
// nothing again. A resend is the same request with the same id, on a fresh
// connection; by the stale words on any that is idle, as first attempts are, and
// a fresh one if none is: the next may be as dead as the one before, so it may
// take as many attempts as connections rested. Whether the device had executed
// the command before the connection broke, no client can know; HTTP/2 tells it
// of some, see [Unprocessed].
//
// The words model the clients that resend: stale-any is curl (attempts: 6) and
// OkHttp, stale-idempotent Go's net/http (for the methods without a body only;
// it knows no limit of attempts), idempotent urllib3, fasthttp and axios-retry.
// HttpURLConnection is nearly any, with attempts: 2.
type Retry struct {
	When       When          `yaml:"retry" doc:"what is sent again after an outcome of on; default never"`
	Attempts   int           `yaml:"attempts" min:"0" max:"100" doc:"attempts at a command in total, the first included; 0 is 2" zero:"is 2"`
	Backoff    time.Duration `yaml:"backoff" min:"0" max:"24h" doc:"wait before the second attempt; doubles with each further one; the stale words do not wait"`
	MaxBackoff time.Duration `yaml:"max_backoff" min:"0" max:"24h" doc:"where the doubling stops; 0 is 1s, or backoff if that is longer" zero:"is 1s, or backoff if that is longer"`
	Jitter     float64       `yaml:"jitter" min:"0" max:"1" doc:"share of each wait that is drawn: 0 waits as told, 1 anything up to that"`
	Budget     float64       `yaml:"budget" min:"0" max:"100" doc:"resends per command on the average that are allowed, as 0.1; spent as a resend is made; 0 is no limit" zero:"is no limit"`
	Deadline   time.Duration `yaml:"deadline" min:"0" max:"24h" doc:"no resend begins later than this after its command began; 0 is no limit of its own" zero:"is no limit of its own"`
	On         []Trigger     `yaml:"on" doc:"outcomes of an attempt after which the command is sent again; empty is reset, closed and unprocessed, which is HTTP/2's word that it was not executed"`
	Methods    []string      `yaml:"methods" doc:"methods that are sent again; empty is all that the word allows"`
}

// Validate reports triggers that do not exist, methods that no command has, and
// settings that mean nothing beside others.
func (s Retry) Validate() []error {
	var errs []error
	add := func(field, format string, args ...any) {
		errs = append(errs, &SettingError{field, fmt.Sprintf(format, args...)})
	}
	if s.When != "" && !slices.Contains(s.When.Names(), string(s.When)) {
		add("retry", "%q is no such word (have %s)", s.When, strings.Join(s.When.Names(), ", "))
	}
	for _, t := range s.On {
		if !slices.Contains(t.Names(), string(t)) {
			add("on", "%q is no outcome to retry after (have %s)", t, strings.Join(t.Names(), ", "))
		}
	}
	for _, m := range s.Methods {
		if !isToken([]byte(m)) || strings.ToUpper(m) != m {
			add("methods", "%q is no method: write it as in PUT", m)
		}
	}
	if s.MaxBackoff > 0 && s.MaxBackoff < s.Backoff {
		add("max_backoff", "%v is less than the first wait, backoff: %v", s.MaxBackoff, s.Backoff)
	}
	return append(errs, s.mute()...)
}

// A try is an attempt that has ended, as a retrier judges it.
type try struct {
	method  string
	n       int // its place among the command's attempts, from 1
	attempt *results.Attempt
	stale   bool      // its connection had carried an exchange before
	written bool      // its socket had taken a byte of the request
	began   time.Time // the command
}

// A retrier decides for one client what is sent again. It is safe for
// concurrent use.
type retrier struct {
	settings Retry
	backoff  *backoff
	budget   *budget
}

func newRetrier(s Retry, seed uint64) *retrier {
	if s.Attempts == 0 {
		s.Attempts = 2
	}
	if len(s.On) == 0 {
		s.On = []Trigger{Trigger(results.Reset.String()), Trigger(results.Closed.String()), Unprocessed}
	}
	return &retrier{s, newBackoff(s, rand.New(rand.NewPCG(seed, backoffStream))), newBudget(s.Budget)}
}

// begin is told of every command as it begins.
func (r *retrier) begin() { r.budget.earn() }

// again reports whether the command of t is sent once more. It returns when
// that is due; at once if it isn't, or if the wait would outlast ctx's deadline
// or the client's own.
func (r *retrier) again(ctx context.Context, t try) bool {
	return r.wait(ctx, t) && r.budget.spend()
}

// wait is again, but leaves it to the caller to spend the budget, which has a
// resend as the wait begins.
func (r *retrier) wait(ctx context.Context, t try) bool {
	return t.n < r.settings.Attempts && r.settings.allows(t) && r.budget.has() && r.pause(ctx, t.began, t.n)
}

// pause waits as is due after the nth attempt at a command, or the nth question
// about one, and reports whether there is time for another then. It returns at
// once if there won't be.
func (r *retrier) pause(ctx context.Context, began time.Time, n int) bool {
	wait := time.Duration(0)
	if !r.settings.When.stale() {
		wait = r.backoff.after(n)
	}
	due := time.Now().Add(wait)
	if limit, ok := ctx.Deadline(); ok && !due.Before(limit) || r.late(began, due) {
		return false
	}
	return ctx.Err() == nil && (wait == 0 || sleep(ctx, wait)) && !r.late(began, time.Now())
}

// late reports whether a resend that begins at a time does so after the
// deadline for it.
func (r *retrier) late(began, at time.Time) bool {
	return r.settings.Deadline > 0 && at.After(began.Add(r.settings.Deadline))
}

// allows reports whether a resend after t is one that is wanted.
func (s *Retry) allows(t try) bool {
	unprocessed := errors.Is(t.attempt.Err, errUnprocessed)
	if !slices.Contains(s.On, Trigger(t.attempt.Outcome.String())) && !(unprocessed && slices.Contains(s.On, Unprocessed)) ||
		len(s.Methods) > 0 && !slices.Contains(s.Methods, t.method) {
		return false
	}
	stale := t.stale && before(t.attempt.Phase, results.PhaseHead)
	switch s.When {
	case StaleSafe:
		return stale && (!t.written || unprocessed)
	case StaleIdempotent:
		return stale && idempotent(t.method)
	case StaleAny:
		return stale
	case Idempotent:
		return idempotent(t.method)
	case Any:
		return true
	}
	return false
}
