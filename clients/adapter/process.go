package adapter

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"sync"
	"time"
)

// A Process is an adapter at work, in a process group of its own. Its methods
// are called by one goroutine at a time, but for [Process.Close]. Once one of
// them has failed only Close may follow.
type Process struct {
	Command []string
	Hello   Hello
	Startup time.Duration // from its start to its hello; zero if it was used before

	// Unknown counts messages of types that this version does not know; they
	// are ignored.
	Unknown int

	patience time.Duration
	group    group
	pipes    pipes
	stderr   tail
	lines    *lines
	inbox    chan incoming // closed after what ended it
	outbox   chan []byte
	exited   chan struct{} // closed when the process itself has ended
	reaped   chan struct{} // closed when it may be waited for, and with that forgotten
	ending   chan struct{} // closed when it is being ended
	once     sync.Once
	tasks    sync.WaitGroup
	state    *os.ProcessState // after tasks

	heard    time.Time  // when the message taken last was here
	runs     []*pending // under way, the oldest first
	last     int        // id of the run that was done last; -1 before
	clock    Clock
	syncs    int           // rounds so far
	nameless bool          // it answered a sync without its id: one alone is under way, so it is known
	stopped  time.Duration // how long its end took
	left     int           // processes of its group that lived when it ended; known on Linux
}

// An incoming is a message, with when it was here, or what ended the stream.
type incoming struct {
	message
	at  time.Time
	err error
}

// defaultPatience is how long an adapter may take to start, and for each of its
// answers: a JVM on a busy machine needs seconds.
const defaultPatience = 30 * time.Second

// grace is how long an adapter may take to end after its standard input did.
const grace = 500 * time.Millisecond

// Start starts a program with its arguments and waits for its hello, for as
// long as patience says; 0 is 30 s. The error is a *Failure, or ctx's.
func Start(ctx context.Context, command []string, patience time.Duration) (*Process, error) {
	began := time.Now()
	p, err := launch(command, cmp.Or(patience, defaultPatience))
	if err != nil {
		return nil, err
	}
	if err := p.greet(ctx); err != nil {
		return nil, err
	}
	p.Startup = time.Since(began)
	return p, nil
}

// launch starts the process and what attends to it. It has not said hello yet.
func launch(command []string, patience time.Duration) (*Process, error) {
	if len(command) == 0 {
		return nil, &Failure{Kind: NotFound, Step: "its start", Detail: "the command is empty"}
	}
	p := &Process{
		Command: command, patience: patience, last: -1,
		inbox: make(chan incoming, 64), outbox: make(chan []byte, 8),
		exited: make(chan struct{}), reaped: make(chan struct{}), ending: make(chan struct{}),
	}
	if err := p.spawn(); err != nil {
		return nil, err
	}
	return p, nil
}

func (p *Process) spawn() error {
	if err := p.pipes.open(); err != nil {
		return fmt.Errorf("start %s: %w", p.Command[0], err)
	}
	started := make(chan error, 1)
	p.tasks.Go(func() { p.live(started) })
	if err := <-started; err != nil {
		p.pipes.close()
		p.tasks.Wait()
		kind := NotStarted
		if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
			kind = NotFound
		}
		return &Failure{Kind: kind, Step: "its start", Detail: err.Error()}
	}
	p.pipes.closeTheirs()
	p.lines = newLines(p.pipes.out)
	p.tasks.Go(p.listen)
	p.tasks.Go(p.write)
	p.tasks.Go(func() { drain(&p.stderr, p.pipes.err) })
	return nil
}
