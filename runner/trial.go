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
	runner  *Runner
	capture *capture // nil if packets are not captured
	job     job
	seed    uint64
	done    *atomic.Int64

	epoch time.Time
	stage *stage // once it stands; its logs stay when it is taken down
	tap   *tap   // nil if packets are not captured

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
	var running sync.WaitGroup
	for _, c := range crowd {
		running.Go(func() { c.work(ctx) })
	}
	running.Wait()
	err = t.stage.strike(ctx)
	missed := t.tap.end(ctx)

	evidence := results.Evidence{Ends: append(faults.Ends(sc.Link), faults.Ends(sc.Device.Faults)...)}
	for _, c := range crowd {
		evidence.Records = append(evidence.Records, c.records...)
		evidence.IdleResets += c.dialer.Counts().Resets - c.resets
		t.lateness = append(t.lateness, c.lateness...)
	}
	notes := join(&evidence, t.stage)
	if missed != nil {
		notes = append(notes, "packets may be missing: "+missed.Error())
	}
	return evidence, append(notes, t.explain(&evidence)...), err
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
