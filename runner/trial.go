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

// lead is how long before a trial's start its stage begins to rise if a process
// must be started for it: else the windows of its faults would have begun, or
// be over, before the first command. Where that takes longer still, commands
// begin later.
const lead = 100 * time.Millisecond

// run plays the trial and returns all it left behind. Commands cut short by
// the end of ctx are left out: their fate is ours, not the device's.
func (t *trial) run(ctx context.Context) (results.Evidence, []string, error) {
	sc := t.job.scenario
	epoch := time.Now()
	if t.runner.Target == (Target{}) && sc.Device.Crashes() {
		epoch = epoch.Add(lead)
	}
	stage, err := t.runner.raise(ctx, sc, t.job.order, t.seed, epoch)
	if err != nil {
		return results.Evidence{}, nil, err
	}
	crowd := t.crowd(stage, epoch, max(0, time.Since(epoch)))
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

// crowd readies the trial's clients for a stage that stood at ready.
func (t *trial) crowd(s *stage, epoch time.Time, ready time.Duration) []*caller {
	load := &t.job.scenario.Load
	crowd := make([]*caller, load.Clients)
	for i := range crowd {
		dialer := clients.NewDialer(newDial(s.addr, load.Ports))
		crowd[i] = &caller{
			id: uint32(i), load: load, epoch: epoch, done: t.done, dialer: dialer, wait: faults.Wait,
			pace:   newPace(load, i, t.seed, ready),
			mix:    newMix(load, i, t.seed, s.prefix),
			client: t.job.strategy.Strategy.Client(s.network(dialer, t.seed+uint64(i))),
		}
	}
	return crowd
}
