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
// connection. Whether the device had executed the command before the connection
// broke, no client can know; HTTP/2 tells it of some, see [Unprocessed].
//
// The words model the clients that resend: stale-any is curl, HttpURLConnection
// and OkHttp, stale-idempotent Go's net/http (for the methods without a body
// only), idempotent urllib3, fasthttp and axios-retry.
type Retry struct {
	When       When          `yaml:"retry" doc:"what is sent again after an outcome of on; default never"`
	Attempts   int           `yaml:"attempts" min:"0" max:"100" doc:"attempts at a command in total, the first included; 0 is 2"`
	Backoff    time.Duration `yaml:"backoff" min:"0" max:"24h" doc:"wait before the second attempt; doubles with each further one; the stale words do not wait"`
	MaxBackoff time.Duration `yaml:"max_backoff" min:"0" max:"24h" doc:"where the doubling stops; 0 is 1s, or backoff if that is longer"`
	Jitter     float64       `yaml:"jitter" min:"0" max:"1" doc:"share of each wait that is drawn: 0 waits as told, 1 anything up to that"`
	Budget     float64       `yaml:"budget" min:"0" max:"100" doc:"resends per command on the average that are allowed, as 0.1; 0 is no limit"`
	Deadline   time.Duration `yaml:"deadline" min:"0" max:"24h" doc:"no resend begins later than this after its command began; 0 is no limit of its own"`
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
	if t.n >= r.settings.Attempts || !r.settings.allows(t) {
		return false
	}
	wait := time.Duration(0)
	if !r.settings.When.stale() {
		wait = r.backoff.after(t.n)
	}
	due := time.Now().Add(wait)
	if limit, ok := ctx.Deadline(); ok && !due.Before(limit) {
		return false
	}
	if d := r.settings.Deadline; d > 0 && due.After(t.began.Add(d)) {
		return false
	}
	return ctx.Err() == nil && r.budget.spend() && (wait == 0 || sleep(ctx, wait))
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
