package adapter

import (
	"context"
	"errors"
	"slices"
	"sync"
)

// Warm sees to it that so many processes of a command are idle, as far as they
// can be kept, and returns what they say of themselves. It starts none if it
// knows that and n is 0. A command that has failed before its first hello is not
// started again: it may have taken all of Patience to fail.
func (p *Pool) Warm(ctx context.Context, command []string, n int) (Hello, error) {
	p.mu.Lock()
	hello, known := p.hellos[key(command)]
	missing := min(n, MaxIdle) - len(p.idle[key(command)])
	err := p.never[key(command)]
	p.mu.Unlock()
	if err != nil {
		return hello, err
	}
	if !known {
		missing = max(1, missing)
	}
	started := make([]error, max(0, missing))
	var starting sync.WaitGroup
	for i := range started {
		starting.Go(func() {
			process, err := p.start(ctx, command)
			if started[i] = err; err == nil {
				p.keep(process)
			}
		})
	}
	starting.Wait()
	if i := slices.IndexFunc(started, func(err error) bool { return err != nil }); i >= 0 {
		p.despair(command, started[i])
		return hello, started[i]
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.hellos[key(command)], nil
}

// despair notes that a command failed to start that never did start.
func (p *Pool) despair(command []string, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, known := p.hellos[key(command)]; known || !broke(err) {
		return
	}
	if p.never == nil {
		p.never = map[string]error{}
	}
	p.never[key(command)] = err
}

// broke reports whether an error is the process's, not its caller's.
func broke(err error) bool {
	_, ok := errors.AsType[*Failure](err)
	return ok
}
