package clients

import (
	"context"
	"errors"
	"sync"
	"time"

	"rstorm/results"
)

// Breaker stops sending to a device that seems dead. After so many commands in
// a row that ended as only a dead or ailing device ends them (reset, closed,
// refused, timed-out or truncated, resends included) commands fail at once,
// without an attempt. After the cooldown one command goes out to probe, while
// the others go on failing: if the device answers it, whatever the status, all
// goes on as before, else the cooldown begins again. A command that was
// cancelled, or answered with what is no HTTP, proves neither. What was under
// way when the breaker opened or closed does not count any more.
type Breaker struct {
	Raw      `yaml:",inline"`
	Failures int           `yaml:"failures" min:"1" max:"1000000" doc:"commands that must fail in a row before none is sent any more"`
	Cooldown time.Duration `yaml:"cooldown" min:"1ms" max:"24h" doc:"how long commands then fail unsent, until one probes whether the device is back"`
}

// Client makes a client with a breaker of its own.
func (s Breaker) Client(n Network) Client {
	return &breaker{raw: newRaw(n, s.Raw), failures: max(1, s.Failures), cooldown: s.Cooldown}
}

// errOpen is the end of a command that a breaker did not let through.
var errOpen = errors.New("not sent: the circuit breaker is open, because the commands before it failed")

type breaker struct {
	*raw
	failures int
	cooldown time.Duration

	mu      sync.Mutex
	failed  int       // commands in a row
	open    bool      // commands are not sent
	until   time.Time // the end of the cooldown, while open
	probing bool      // a command is out that decides
	turn    int       // how often the breaker opened and closed
}

// Do carries cmd, or fails it at once.
func (b *breaker) Do(ctx context.Context, cmd results.Command) results.Reply {
	turn, admitted := b.admit()
	if !admitted {
		return results.Reply{Outcome: results.Failed, Err: errOpen}
	}
	reply := b.raw.Do(ctx, cmd)
	b.learn(turn, reply.Outcome)
	return reply
}

// admit reports whether a command may go, and in which turn.
func (b *breaker) admit() (turn int, admitted bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.open {
		if b.probing || time.Now().Before(b.until) {
			return 0, false
		}
		b.probing = true
	}
	return b.turn, true
}

// learn takes in how a command ended that was admitted in a turn.
func (b *breaker) learn(turn int, o results.Outcome) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if turn != b.turn {
		return
	}
	b.probing = false
	switch {
	case o == results.OK || o == results.Rejected:
		if b.open {
			b.turn++
		}
		b.open, b.failed = false, 0
	case !ails(o):
	default:
		if b.failed++; b.open || b.failed >= b.failures {
			b.turn++
			b.open, b.failed, b.until = true, 0, time.Now().Add(b.cooldown)
		}
	}
}

// ails reports whether an outcome says that the device is dead or ailing.
func ails(o results.Outcome) bool {
	switch o {
	case results.Reset, results.Closed, results.Refused, results.TimedOut, results.Truncated:
		return true
	}
	return false
}
