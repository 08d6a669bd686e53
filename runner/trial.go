package runner

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"rstorm/clients"
	"rstorm/faults"
	"rstorm/results"
)

// A trial is one scenario with one strategy, while it is played.
type trial struct {
	runner *Runner
	common
	job  job
	seed uint64
	done *atomic.Int64

	epoch time.Time
	stage *stage // once it stands; its logs stay when it is taken down
	tap   *tap   // nil if packets are not captured

	players  []*player       // clients that send by themselves; none if the strategy's do not
	lateness []time.Duration // of each sending against the schedule, while its client was free
	group    *group          // that it shares its certificate with; nil if packets are not captured
	findings int             // in all
}

// lead is how long before a trial's start its stage begins to rise if a process
// must be started for it: else the windows of its faults would have begun, or
// be over, before the first command. Where that takes longer still, commands
// begin later.
const lead = 100 * time.Millisecond

// run plays the trial and returns all it left behind. Commands cut short by
// the end of ctx are left out: their fate is ours, not the device's.
func (t *trial) run(ctx context.Context) (results.Evidence, []string, error) {
	sc := t.job.scenario
	t.group = t.capture.join(ctx)
	defer t.capture.leave(ctx, t.group)
	t.epoch = time.Now()
	if t.runner.Target == (Target{}) && sc.Device.Crashes() {
		t.epoch = t.epoch.Add(lead)
	}
	var err error
	t.stage, err = t.runner.raise(ctx, sc, t.job.order, t.seed, t.epoch)
	if err != nil {
		return results.Evidence{}, nil, err
	}
	if t.tap, err = t.capture.tap(t.stage); err != nil {
		return results.Evidence{}, nil, errors.Join(err, t.stage.strike(ctx))
	}
	crowd := t.crowd(t.stage, t.epoch, max(0, time.Since(t.epoch)))
	prepare(ctx, t.players)
	var running sync.WaitGroup
	for _, a := range crowd {
		running.Go(func() { a.work(ctx) })
	}
	running.Wait()
	err = t.stage.strike(ctx)
	missed := t.tap.end(ctx)

	evidence, notes := t.gather(crowd)
	if missed != nil {
		notes = append(notes, "packets may be missing: "+missed.Error())
	}
	return evidence, append(notes, t.explain(&evidence)...), err
}

// gather puts together what the clients, the link's log and the device's ledger
// say. The notes tell what is missing.
func (t *trial) gather(crowd []actor) (e results.Evidence, notes []string) {
	sc := t.job.scenario
	e.Ends = append(faults.Ends(sc.Link), faults.Ends(sc.Device.Faults)...)
	for _, a := range crowd {
		t.lateness = append(t.lateness, a.leave(&e)...)
	}
	notes = append(broken(t.players), unpunctual(t.players, t.lateness)...)
	notes = append(notes, corroborate(&e, t.players, t.stage)...)
	return e, append(notes, join(&e, t.stage)...)
}

// An actor is one of a trial's clients at work.
type actor interface {
	// work plays the client's load until that is done or ctx ends.
	work(ctx context.Context)
	// leave adds what the client leaves behind, and returns how late each of
	// its commands was sent. It is called after work.
	leave(e *results.Evidence) (lateness []time.Duration)
}

// crowd readies the trial's clients for a stage that stood at ready.
func (t *trial) crowd(s *stage, epoch time.Time, ready time.Duration) []actor {
	load := &t.job.scenario.Load
	crowd := make([]actor, load.Clients)
	for i := range crowd {
		id, dialer := uint32(i), clients.NewDialer(newDial(s.addr, load.Ports))
		pace, mix := newPace(load, i, t.seed, ready), newMix(load, i, t.seed, s.prefix)
		network := s.network(dialer, t.seed+uint64(i))
		network.Adapters = t.adapters
		client := t.job.strategy.Strategy.Client(network)
		if own, ok := client.(clients.Scheduled); ok {
			p := &player{id: id, load: load, epoch: epoch, done: t.done, pace: pace, mix: mix, client: own}
			t.players = append(t.players, p)
			crowd[i] = p
			continue
		}
		crowd[i] = &caller{id: id, load: load, epoch: epoch, done: t.done, pace: pace, mix: mix, client: client, dialer: dialer, wait: faults.Wait}
	}
	return crowd
}
