package clients

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"rstorm/results"
)

// maxBackoff is where a doubling backoff stops, unless it starts above.
const maxBackoff = time.Second

// Retry keeps its connection as [Naive] does, but sends a command again, on a
// fresh connection, when an attempt ended in a given way. It models the clients
// that resend: curl, HttpURLConnection and OkHttp any method, urllib3, fasthttp
// and axios-retry those that are idempotent by definition (RFC 9110 section
// 9.2.2). Whether the device had executed the command before the connection
// broke, no client can know. A resend is the same request with the same id. A
// backoff that would outlast the command's deadline is not begun.
//
// Over HTTP/2 a device may say that it did not process a command: the trigger
// unprocessed is for exactly those, which none can execute twice. A stream that
// was reset with another code than REFUSED_STREAM is failed, and not sent again.
type Retry struct {
	Attempts int           `yaml:"attempts" min:"1" max:"100" doc:"attempts at a command in total, the first included"`
	Backoff  time.Duration `yaml:"backoff" min:"0" doc:"wait before the second attempt; doubles with each further one, up to 1s"`
	On       []Trigger     `yaml:"on" doc:"outcomes of an attempt after which the command is sent again; unprocessed is HTTP/2's word that it was not executed"`
	Methods  []string      `yaml:"methods" doc:"methods that are sent again; empty is all"`
}

// A Trigger is what a command may be sent again after: the word of a
// [results.Outcome], or [Unprocessed].
type Trigger string

// Unprocessed is the end of an HTTP/2 stream by RST_STREAM with REFUSED_STREAM,
// or by a GOAWAY whose last stream is below it: the peer has not processed the
// request (RFC 9113 section 8.7).
const Unprocessed Trigger = "unprocessed"

// Names lists the triggers. After timed-out only a limit below the command's
// own deadline leaves time for another attempt: the kernel's ETIMEDOUT.
func (Trigger) Names() []string {
	var names []string
	for _, o := range []results.Outcome{results.Reset, results.Closed, results.Refused, results.TimedOut, results.Truncated} {
		names = append(names, o.String())
	}
	return append(names, string(Unprocessed))
}

// Validate reports triggers that do not exist and methods that no command has.
func (s Retry) Validate() []error {
	var errs []error
	for _, t := range s.On {
		if !slices.Contains(t.Names(), string(t)) {
			problem := fmt.Sprintf("%q is no outcome to retry after (have %s)", t, strings.Join(t.Names(), ", "))
			errs = append(errs, &SettingError{"on", problem})
		}
	}
	for _, m := range s.Methods {
		if !isToken([]byte(m)) || strings.ToUpper(m) != m {
			errs = append(errs, &SettingError{"methods", fmt.Sprintf("%q is no method: write it as in PUT", m)})
		}
	}
	return errs
}

// Client makes a client that retries.
func (s Retry) Client(n Network) Client { return newRaw(n, policy{reuse: true, retry: s}) }

// again reports whether a command whose nth attempt was a is sent once more.
// The zero Retry sends nothing again.
func (s Retry) again(method string, n int, a *results.Attempt) bool {
	return n < s.Attempts && s.triggered(a) && (len(s.Methods) == 0 || slices.Contains(s.Methods, method))
}

func (s Retry) triggered(a *results.Attempt) bool {
	return slices.Contains(s.On, Trigger(a.Outcome.String())) ||
		slices.Contains(s.On, Unprocessed) && errors.Is(a.Err, errUnprocessed)
}

// pause waits as long as is due after the nth attempt. It reports false, at
// once where that can be known, if ctx ends before the wait does.
func (s Retry) pause(ctx context.Context, n int) bool {
	wait := s.Backoff
	for i := 1; i < n && wait < maxBackoff; i++ {
		wait = min(2*wait, maxBackoff)
	}
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= wait {
		return false
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}
