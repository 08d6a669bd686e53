package adapter

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"
)

// A Pool keeps the processes of external clients between trials, so that a
// runtime is started once. It is safe for concurrent use. Its zero value is
// ready; Close ends all of its processes.
type Pool struct {
	// Patience is how long a process may take to start and for each answer that
	// is not a run's; 0 is 30 s.
	Patience time.Duration

	mu     sync.Mutex
	idle   map[string][]*Process // by command, the one used last at the end
	hellos map[string]Hello
	never  map[string]error // of commands that never said hello, and so are not asked again
	all    map[*Process]bool
	closed bool
}

// MaxIdle is how many processes of one command are kept for later at most.
const MaxIdle = 16

// errClosed is what a Pool says that was closed.
var errClosed = errors.New("adapter: the pool was closed")

// Take gives a process of a command, which the caller gives back or closes. It
// was there before if an idle one is sound: it lives, and has said nothing since.
func (p *Pool) Take(ctx context.Context, command []string) (*Process, error) {
	for {
		process, err := p.pop(key(command))
		if err != nil {
			return nil, err
		}
		if process == nil {
			break
		}
		if process.quiet() {
			return process, nil
		}
		p.Discard(process)
	}
	return p.start(ctx, command)
}

func (p *Pool) start(ctx context.Context, command []string) (*Process, error) {
	process, err := Start(ctx, command, p.Patience)
	if err == nil && !p.admit(process) {
		process.Close()
		err = errClosed
	}
	if err != nil {
		return nil, err
	}
	return process, nil
}

// pop takes an idle process off the pool; nil if there is none.
func (p *Pool) pop(key string) (*Process, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, errClosed
	}
	idle := p.idle[key]
	if len(idle) == 0 {
		return nil, nil
	}
	last := idle[len(idle)-1]
	p.idle[key] = idle[:len(idle)-1]
	return last, nil
}

// admit makes a new process the pool's.
func (p *Pool) admit(process *Process) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	if p.all == nil {
		p.idle, p.hellos, p.all = map[string][]*Process{}, map[string]Hello{}, map[*Process]bool{}
	}
	p.all[process] = true
	p.hellos[key(process.Command)] = process.Hello
	return true
}

// Give gives back a process that did not break and has no run under way. One
// too many is ended.
func (p *Pool) Give(process *Process) {
	process.Startup = 0 // the next trial does not wait for it
	p.keep(process)
}

func (p *Pool) keep(process *Process) {
	p.mu.Lock()
	k := key(process.Command)
	keep := !p.closed && len(p.idle[k]) < MaxIdle
	if keep {
		p.idle[k] = append(p.idle[k], process)
	}
	p.mu.Unlock()
	if !keep {
		p.Discard(process)
	}
}

// Discard ends a process and forgets it.
func (p *Pool) Discard(process *Process) {
	process.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.all, process)
}

// Close ends all processes, those in use as well: it cuts them short. No
// process can be had afterwards.
func (p *Pool) Close() error {
	p.mu.Lock()
	p.closed = true
	all := p.all
	p.all, p.idle = nil, nil
	p.mu.Unlock()
	var ending sync.WaitGroup
	for process := range all {
		ending.Go(process.Close)
	}
	ending.Wait()
	return nil
}

// quiet reports whether an idle process lives and has said nothing.
func (p *Process) quiet() bool {
	select {
	case <-p.exited:
		return false
	case <-p.inbox:
		return false
	default:
		return true
	}
}

// key makes a command comparable: no argument holds a zero byte.
func key(command []string) string { return strings.Join(command, "\x00") }
