package runner

import (
	"context"
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
	job    job
	seed   uint64
	done   *atomic.Int64

	lateness []time.Duration // of each sending against the schedule, while its client was free
}

// run plays the trial and returns all it left behind. Commands cut short by
// the end of ctx are left out: their fate is ours, not the device's.
func (t *trial) run(ctx context.Context) (results.Evidence, []string, error) {
	sc := t.job.scenario
	epoch := time.Now()
	stage, err := t.runner.raise(ctx, sc, t.job.order, t.seed, epoch)
	if err != nil {
		return results.Evidence{}, nil, err
	}
	crowd := t.crowd(stage, epoch)
	var running sync.WaitGroup
	for _, c := range crowd {
		running.Go(func() { c.work(ctx) })
	}
	running.Wait()
	err = stage.strike(ctx)

	evidence := results.Evidence{Ends: append(faults.Ends(sc.Link), faults.Ends(sc.Device.Faults)...)}
	for _, c := range crowd {
		evidence.Records = append(evidence.Records, c.records...)
		evidence.IdleResets += c.dialer.Counts().Resets - c.resets
		t.lateness = append(t.lateness, c.lateness...)
	}
	notes := join(&evidence, stage)
	return evidence, notes, err
}

// crowd readies the trial's clients.
func (t *trial) crowd(s *stage, epoch time.Time) []*caller {
	load := &t.job.scenario.Load
	crowd := make([]*caller, load.Clients)
	for i := range crowd {
		dialer := clients.NewDialer(newDial(s.addr, load.Ports))
		crowd[i] = &caller{
			id: uint32(i), load: load, epoch: epoch, done: t.done, dialer: dialer, wait: faults.Wait,
			pace:   newPace(load, i, t.seed),
			mix:    newMix(load, i, t.seed, s.prefix),
			client: t.job.strategy.Strategy.Client(s.network(dialer, t.seed+uint64(i))),
		}
	}
	return crowd
}
