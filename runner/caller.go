package runner

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"rstorm/clients"
	"rstorm/results"
	"rstorm/scenarios"
)

// A caller is one concurrent client at work: it carries as many commands at
// once as the load wants and writes down what it was told.
type caller struct {
	id     uint32
	load   *scenarios.Load
	epoch  time.Time
	client clients.Client
	dialer *clients.Dialer
	done   *atomic.Int64
	wait   func(context.Context, time.Duration) error

	turn chan struct{} // open loop: held by the one that waits for the next command's time

	mu       sync.Mutex // guards what follows
	pace     *pace
	mix      *mix
	taken    int // commands sent so far: ids are given in the order of sending
	records  []results.Record
	lateness []time.Duration
	resets   int // resets of the dialer already charged to a command
}

// reserved is how many commands a client gets memory for beforehand.
const reserved = 1024

// work sends commands until the load is done or ctx ends. Afterwards the
// records are in the order of sending.
func (c *caller) work(ctx context.Context) {
	defer c.client.Close()
	c.records = make([]results.Record, 0, min(c.load.Commands, reserved))
	c.turn = make(chan struct{}, 1)
	var lanes sync.WaitGroup
	for range max(1, c.load.Concurrency) {
		lanes.Go(func() { c.carry(ctx) })
	}
	lanes.Wait()
	slices.SortFunc(c.records, func(a, b results.Record) int { return cmp.Compare(a.ID.Seq, b.ID.Seq) })
}

// leave adds to e what the client leaves behind, and returns how late each
// command was sent.
func (c *caller) leave(e *results.Evidence) []time.Duration {
	e.Records = append(e.Records, c.records...)
	e.IdleResets += c.dialer.Counts().Resets - c.resets
	return c.lateness
}

// carry sends one command after the other. It is one of as many as the client
// carries commands at once.
func (c *caller) carry(ctx context.Context) {
	free := unused
	for {
		cmd, due, sent, ok := c.next(ctx, free)
		if !ok {
			return
		}
		record := c.send(ctx, cmd)
		if ctx.Err() != nil {
			return
		}
		record.Due, record.Sent = due, sent
		record.LastTry = max(record.LastTry, sent)
		c.mu.Lock()
		c.lateness = append(c.lateness, sent-max(due, free))
		c.records = append(c.records, record)
		c.mu.Unlock()
		c.done.Add(1)
		free = record.Done
	}
}

// next waits until a command is due, for one that has been free since then, and
// takes it. In a closed loop each waits for itself, and the first whose pause is
// over takes the next id. In an open loop the times belong to the ids: one waits
// at a time, and the others for their turn. It reports false when the load is
// done or ctx has ended.
func (c *caller) next(ctx context.Context, free time.Duration) (cmd results.Command, due, sent time.Duration, ok bool) {
	if c.load.Rate > 0 {
		select {
		case c.turn <- struct{}{}:
			defer func() { <-c.turn }()
		case <-ctx.Done():
			return cmd, due, sent, false
		}
	}
	if due, ok = c.due(free); !ok || c.wait(ctx, due-c.now()) != nil {
		return cmd, due, sent, false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.spent() {
		return cmd, due, sent, false
	}
	cmd = c.mix.command(results.CommandID{Client: c.id, Seq: uint32(c.taken)})
	c.taken++
	return cmd, due, c.now(), true
}

// due is when the next command is, for one that has been free since then; false
// if there is none.
func (c *caller) due(free time.Duration) (time.Duration, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.spent() {
		return 0, false
	}
	due := c.pace.due(c.taken, free)
	return due, c.load.Duration == 0 || due-c.pace.ready < c.load.Duration
}

// spent reports whether all commands were taken. The lock is held.
func (c *caller) spent() bool { return c.load.Commands > 0 && c.taken >= c.load.Commands }

func (c *caller) now() time.Duration { return time.Since(c.epoch) }

// send carries one command, bounded by the load's timeout, and notes all the
// caller can know of it.
func (c *caller) send(ctx context.Context, cmd results.Command) results.Record {
	ctx, cancel := context.WithTimeout(ctx, c.load.Timeout)
	defer cancel()
	reply := c.client.Do(ctx, cmd)
	record := results.Record{ID: cmd.ID, Method: cmd.Method, Done: c.now(),
		Outcome: reply.Outcome, Status: reply.Status, Attempts: len(reply.Attempts)}
	if reply.Err != nil {
		record.Err = reply.Err.Error()
	}
	record.Failures = c.failures(reply.Attempts)
	if n := len(reply.Attempts); n > 0 {
		last := reply.Attempts[n-1]
		record.Phase = last.Phase
		if reply.Outcome == last.Outcome { // else the client found out more
			record.Errno = results.Errno(last.Err)
		}
		record.LastTry = last.Sent.Sub(c.epoch)
		if knew := cmp.Or(reply.Done, last.Done); !knew.IsZero() {
			record.Done = knew.Sub(c.epoch) // what the client did since, such as close(2), is not the answer's
		}
	}
	record.Resets = c.charge(reply.Attempts)
	return record
}

// charge is how many of the resets that the client's sockets reported belong to
// a command that was made in these attempts: one at a time all since the command
// before, else those that its own attempts tell of. What is left in the end
// belongs to no command. It is unknown for a client that dials by itself.
func (c *caller) charge(attempts []results.Attempt) results.Count {
	if len(attempts) > 0 && !c.dialer.Used() {
		return results.Unknown
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.dialer.Counts().Resets - c.resets
	if c.load.Concurrency > 1 {
		own := 0
		for _, a := range attempts {
			if a.Outcome == results.Reset {
				own++
			}
		}
		n = min(n, own)
	}
	c.resets += n
	return results.Count(n)
}

// failures are the attempts that did not come to a whole answer.
func (c *caller) failures(attempts []results.Attempt) []results.Failure {
	var failed []results.Failure
	for i, a := range attempts {
		if a.Outcome == results.OK || a.Outcome == results.Rejected {
			continue
		}
		f := results.Failure{Attempt: i + 1, Local: a.Local, Sent: a.Sent.Sub(c.epoch), Done: c.now(),
			Outcome: a.Outcome, Phase: a.Phase, Errno: results.Errno(a.Err)}
		if !a.Done.IsZero() {
			f.Done = a.Done.Sub(c.epoch)
		}
		failed = append(failed, f)
	}
	return failed
}
