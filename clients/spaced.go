package clients

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"rstorm/results"
)

// Spaced sends no command sooner than the pause after the last answer it got,
// whatever its status: a device that closes its connections a little after each
// answer has done so by then, and a look at the connection, as by liveness peek,
// sees it. Commands that are further apart are not held back. Of several at once
// each waits for the pause after the answer to any of them; an answer that comes
// when a command has been let go holds it back no more, but its connection is
// not that command's. Resends do not wait for the pause, but as the settings of
// [Retry] say.
type Spaced struct {
	Raw   `yaml:",inline"`
	Pause time.Duration `yaml:"pause" min:"0" max:"1m" doc:"no command is sent sooner than this after the last answer"`
}

// Validate is that of [Raw], and rejects settings that leave no connection to
// use again after the pause.
func (s Spaced) Validate() []error {
	errs := s.Raw.Validate()
	if s.Idle > 0 && s.Idle <= s.Pause {
		errs = append(errs, &SettingError{"idle", fmt.Sprintf("no connection may rest for as long as pause: %v, so none is used again: say more than that", s.Pause)})
	}
	if s.Renew {
		errs = append(errs, &SettingError{"renew", "a new client for every command has got no answer to wait after: use refresh"})
	}
	return errs
}

// Client makes a client that waits for nothing yet.
func (s Spaced) Client(n Network) Client {
	return &spaced{settings: s, network: n, retry: newRetrier(s.Retry, n.Seed)}
}

// spacedStream keeps the draws of the lanes apart.
const spacedStream = 0x737061636564

// A spaced is as many clients over the same network, its lanes, as there were
// commands at once: a command never meets a connection that was put back since
// it was let go.
type spaced struct {
	settings Spaced
	network  Network
	retry    *retrier // one budget, whichever lane a command takes

	mu   sync.Mutex
	last time.Time // when the last answer was whole; zero if there was none
	made uint64    // lanes
	idle []*raw    // those that no command uses; the one used last stands last
}

// Do carries cmd once the pause is over. If ctx ends first nothing was sent,
// and there is no attempt.
func (s *spaced) Do(ctx context.Context, cmd results.Command) results.Reply {
	lane, left := s.enter()
	for ; lane == nil; lane, left = s.enter() { // answers may come meanwhile
		if !sleep(ctx, left) {
			err := fmt.Errorf("not sent: waiting for the pause after the last answer to end: %w", ctx.Err())
			return results.Reply{Outcome: results.Classify(err), Err: err}
		}
	}
	reply := lane.Do(ctx, cmd)
	var answered time.Time
	if reply.Outcome == results.OK || reply.Outcome == results.Rejected {
		answered = reply.Attempts[len(reply.Attempts)-1].Done
	}
	s.leave(lane, answered)
	return reply
}

// Close closes the connections that are idle.
func (s *spaced) Close() {
	for _, lane := range s.resting() {
		lane.Close()
	}
}

// enter takes a lane out; there is none as long as something is left of the
// pause.
func (s *spaced) enter() (lane *raw, left time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if left = time.Until(s.last.Add(s.settings.Pause)); left > 0 {
		return nil, left
	}
	if n := len(s.idle); n > 0 {
		lane, s.idle = s.idle[n-1], s.idle[:n-1]
		return lane, 0
	}
	n := s.network
	n.Seed ^= s.made * spacedStream
	s.made++
	lane = newRaw(n, s.settings.Raw)
	lane.retry = s.retry
	return lane, 0
}

// leave puts a lane back, and begins the pause anew if there was an answer and
// none that is later.
func (s *spaced) leave(lane *raw, answered time.Time) {
	s.mu.Lock()
	if answered.After(s.last) {
		s.last = answered
	}
	s.idle = append(s.idle, lane)
	s.mu.Unlock()
	for _, other := range s.resting() {
		other.pool.prune()
	}
}

// resting are the lanes that no command uses.
func (s *spaced) resting() []*raw {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.idle)
}
