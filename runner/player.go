package runner

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"rstorm/clients"
	"rstorm/faults"
	"rstorm/results"
	"rstorm/scenarios"
)

// A player is a client that sends by itself: it gets its whole load beforehand,
// and what it tells of its commands is written down.
type player struct {
	id     uint32
	load   *scenarios.Load
	epoch  time.Time
	client clients.Scheduled
	done   *atomic.Int64

	mu    sync.Mutex // guards what follows
	pace  *pace
	mix   *mix
	given []string        // methods of the commands handed out, by seq
	gaps  []time.Duration // pauses handed out, in order
	told  map[uint32]clients.Told

	records  []results.Record
	lateness []time.Duration
	rush     rush
	broke    error // why the client broke; nil if it did not
}

// work has the client play its load until that is done or ctx ends.
func (p *player) work(ctx context.Context) {
	defer p.client.Close()
	p.told = map[uint32]clients.Told{}
	err := p.client.Play(ctx, p.schedule())
	over := time.Since(p.epoch)
	cut := ctx.Err() != nil
	if !cut {
		p.broke = err
		p.rest()
	}
	p.write(over, cut)
	if p.rush = p.hasty(); p.broke == nil && !cut {
		p.broke = p.rush.failure()
	}
}

// prepare readies the clients that take time for it, and has their commands begin
// only then: what it takes is no command's latency. An error is told by Play.
func prepare(ctx context.Context, players []*player) {
	var preparing sync.WaitGroup
	for _, p := range players {
		if c, ok := p.client.(clients.Preparer); ok {
			preparing.Go(func() { _ = c.Prepare(ctx, p.load.Timeout) })
		}
	}
	preparing.Wait()
	for _, p := range players {
		p.pace.ready = max(p.pace.ready, time.Since(p.epoch))
	}
}

// leave adds to e what the client leaves behind, and returns how late each
// command was sent. What its sockets reported nobody knows.
func (p *player) leave(e *results.Evidence) []time.Duration {
	e.Records = append(e.Records, p.records...)
	return p.lateness
}

// schedule is the client's load.
func (p *player) schedule() clients.Schedule {
	s := clients.Schedule{
		Next: p.next, Tell: p.tell,
		Commands: p.load.Commands, Duration: p.load.Duration, Timeout: p.load.Timeout,
		Epoch: p.epoch, Ready: p.pace.ready, Concurrency: p.lanes(),
	}
	if p.load.Rate > 0 {
		s.Due = func(seq int) time.Duration { return p.pace.due(seq, unused) }
		return s
	}
	s.Gap, s.Constant = p.gap, steady(p.load)
	return s
}

// lanes is how many commands the client carries at once.
func (p *player) lanes() int { return max(1, p.load.Concurrency) }

// steady reports whether a closed loop's pauses are all the same.
func steady(load *scenarios.Load) bool {
	return load.Rate == 0 && load.Gap == faults.After(load.Gap.Median())
}

// next hands out the next command.
func (p *player) next() results.Command {
	p.mu.Lock()
	defer p.mu.Unlock()
	cmd := p.mix.command(results.CommandID{Client: p.id, Seq: uint32(len(p.given))})
	p.given = append(p.given, cmd.Method)
	return cmd
}

// gap hands out the pause after the next command.
func (p *player) gap() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	gap := p.pace.gap.Draw(p.pace.rng)
	if !steady(p.load) {
		p.gaps = append(p.gaps, gap)
	}
	return gap
}

// tell takes in what became of a command. What is told of one that was not
// handed out, or a second time, tells nothing.
func (p *player) tell(t clients.Told) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, known := p.told[t.ID.Seq]; known || t.ID.Client != p.id || int(t.ID.Seq) >= len(p.given) {
		return
	}
	p.told[t.ID.Seq] = t
	p.done.Add(1)
}

// rest hands out what the client has not asked for: it was due all the same. Of
// a closed loop that is bounded by time nobody knows how much that is.
func (p *player) rest() {
	for len(p.given) < p.load.Commands {
		p.next()
	}
	if p.load.Duration > 0 && p.load.Rate > 0 {
		for p.pace.due(len(p.given), unused)-p.pace.ready < p.load.Duration {
			p.next()
		}
	}
}

// write makes the records, by order of ids. A command that was not told of by
// the time the client was over is unreported, unless the run was cut.
func (p *player) write(over time.Duration, cut bool) {
	for seq, method := range p.given {
		t, told := p.told[uint32(seq)]
		if !told && cut {
			continue
		}
		r := results.Record{ID: results.CommandID{Client: p.id, Seq: uint32(seq)}, Method: method, Outcome: results.Unreported,
			Due: over, Sent: over, LastTry: over, Done: over}
		if told {
			r.Outcome, r.Status, r.Err, r.Errno = t.Outcome, t.Status, t.Err, t.Errno
			r.Sent, r.LastTry, r.Done, r.Due = t.Sent, t.Sent, t.Done, t.Sent
			r.Attempts = 1 // at least
		}
		p.records = append(p.records, r)
	}
	p.date()
}
