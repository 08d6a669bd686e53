package clients

import (
	"context"
	"fmt"
	"sync"
	"time"

	"rstorm/results"
)

// Adaptive keeps its connections as its settings say until one that was used
// before fails a command: it is reset or closed before the first byte of an
// answer. From then on every command has a connection of its own, as with
// strategy close, until the time of Probe is over and connections are kept
// again. The command that failed is sent again only if the settings say so: a
// device that closes without saying so costs one command for each Probe.
type Adaptive struct {
	Raw   `yaml:",inline"`
	Probe time.Duration `yaml:"probe" min:"0" max:"24h" doc:"how long connections are not kept after one failed; 0 is for ever" zero:"is for ever"`
}

// Validate is that of [Raw], and rejects settings that leave nothing to adapt.
func (s Adaptive) Validate() []error {
	errs := s.Raw.Validate()
	if s.Reuse == Fresh {
		errs = append(errs, &SettingError{"reuse", fmt.Sprintf("%s leaves nothing to adapt: use close", s.Reuse)})
	}
	if s.Renew {
		errs = append(errs, &SettingError{"renew", "a new client for every command has learnt nothing: use refresh"})
	}
	return errs
}

// Client makes a client that adapts.
func (s Adaptive) Client(n Network) Client {
	single := s.Raw
	single.Reuse, single.Close = Fresh, CloseClient
	single.Liveness, single.Settle, single.Idle, single.Hint, single.Margin = Blind, 0, 0, false, 0
	other := n
	other.Seed ^= adaptiveStream
	a := &adaptive{keeping: newRaw(n, s.Raw), single: newRaw(other, single), probe: s.Probe}
	a.single.retry = a.keeping.retry // one budget, whichever way a command goes
	return a
}

// adaptiveStream keeps the draws of the client without reuse apart from those
// of the one with.
const adaptiveStream = 0x6164617074697665

// An adaptive is two clients over the same network, of which commands take one.
type adaptive struct {
	keeping, single *raw
	probe           time.Duration

	mu    sync.Mutex
	burnt bool // connections are not kept
	since time.Time
}

// Do carries cmd the way that is chosen as it begins.
func (a *adaptive) Do(ctx context.Context, cmd results.Command) results.Reply {
	if !a.keeps() {
		return a.single.Do(ctx, cmd)
	}
	reply := a.keeping.Do(ctx, cmd)
	if a.learn(reply.Attempts) {
		a.keeping.Close() // also what this command has left behind
	}
	return reply
}

// Close closes the connections that are idle.
func (a *adaptive) Close() {
	a.keeping.Close()
	a.single.Close()
}

// keeps reports whether connections are kept, which they are again once the
// time has come to probe.
func (a *adaptive) keeps() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.burnt && a.probe > 0 && time.Since(a.since) >= a.probe {
		a.burnt = false
	}
	return !a.burnt
}

// learn reports whether connections are not to be kept any more, by these
// attempts or by those of another command.
func (a *adaptive) learn(attempts []results.Attempt) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	for i := range attempts {
		if !a.burnt && wentStale(&attempts[i]) {
			a.burnt, a.since = true, time.Now()
		}
	}
	return a.burnt
}

// wentStale reports whether an attempt met the end of a connection that had
// carried an exchange before, and that ended before its answer began.
func wentStale(a *results.Attempt) bool {
	return a.Exchange > 1 && before(a.Phase, results.PhaseHead) &&
		(a.Outcome == results.Reset || a.Outcome == results.Closed)
}
