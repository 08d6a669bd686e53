package runner

import (
	"context"
	"sync/atomic"
	"time"

	"rstorm/clients"
	"rstorm/results"
	"rstorm/scenarios"
)

// A caller is one concurrent client at work: it sends one command after the
// other and writes down what it was told.
type caller struct {
	id     uint32
	load   *scenarios.Load
	epoch  time.Time
	client clients.Client
	dialer *clients.Dialer
	pace   *pace
	mix    *mix
	done   *atomic.Int64
	wait   func(context.Context, time.Duration) error

	records  []results.Record
	lateness []time.Duration
	resets   int // resets of the dialer already charged to a command
}

// reserved is how many commands a client gets memory for beforehand.
const reserved = 1024

// work sends commands until the load is done or ctx ends.
func (c *caller) work(ctx context.Context) {
	defer c.client.Close()
	c.records = make([]results.Record, 0, min(c.load.Commands, reserved))
	var free time.Duration // since when the client could have sent
	for seq := uint32(0); c.load.Commands == 0 || int(seq) < c.load.Commands; seq++ {
		due := c.pace.due(int(seq), free)
		if c.load.Duration > 0 && due-c.pace.ready >= c.load.Duration {
			return
		}
		if c.wait(ctx, due-c.now()) != nil {
			return
		}
		sent := c.now()
		record := c.send(ctx, seq)
		if ctx.Err() != nil {
			return
		}
		record.Due, record.Sent = due, sent
		record.LastTry = max(record.LastTry, sent)
		c.lateness = append(c.lateness, sent-max(due, free))
		c.records = append(c.records, record)
		c.done.Add(1)
		free = record.Done
	}
}

func (c *caller) now() time.Duration { return time.Since(c.epoch) }

// send carries one command, bounded by the load's timeout, and notes all the
// caller can know of it.
func (c *caller) send(ctx context.Context, seq uint32) results.Record {
	ctx, cancel := context.WithTimeout(ctx, c.load.Timeout)
	defer cancel()
	cmd := c.mix.command(results.CommandID{Client: c.id, Seq: seq})
	reply := c.client.Do(ctx, cmd)
	record := results.Record{ID: cmd.ID, Method: cmd.Method, Done: c.now(),
		Outcome: reply.Outcome, Status: reply.Status, Attempts: len(reply.Attempts)}
	if reply.Err != nil {
		record.Err = reply.Err.Error()
	}
	record.Failures = c.failures(reply.Attempts)
	if n := len(reply.Attempts); n > 0 {
		last := reply.Attempts[n-1]
		record.Phase, record.Errno = last.Phase, results.Errno(last.Err)
		record.LastTry = last.Sent.Sub(c.epoch)
		if !last.Done.IsZero() {
			record.Done = last.Done.Sub(c.epoch) // what the client did since, such as close(2), is not the answer's
		}
	}
	resets := c.dialer.Counts().Resets
	record.Resets, c.resets = resets-c.resets, resets
	return record
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
