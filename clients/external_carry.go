package clients

import (
	"context"
	"time"

	"rstorm/clients/adapter"
	"rstorm/results"
)

// A carrier cuts one client's load into runs, which are sent ahead: the adapter
// never waits for us between them. A run is as long as its deadline may be, so
// that one that hangs is found out; a load that is bounded by time has short
// ones, so that it ends in time.
type carrier struct {
	*Schedule
	client  *external
	started time.Time
	given   int                 // commands that were put into runs
	told    int                 // commands that were reported
	ids     []results.CommandID // by seq
	held    *step               // drawn for a run into which it did not fit; nil if none was
}

const (
	ahead    = 2                        // runs under way: one is carried out, one waits
	longest  = 30 * time.Second         // after which a run takes no further command, all of them timing out
	slack    = 10 * time.Second         // what the adapter may add to a run by itself, on a busy machine
	portion  = 200 * time.Millisecond   // a run's length where the load is bounded by time
	lineRoom = adapter.MaxLine - 64<<10 // what a run's commands may take of a line
	mostRun  = 5000                     // commands of a closed loop's run
	behind   = time.Minute              // what an open loop may be late by before it counts as hanging
)

// carry plays the whole load.
func (c *external) carry(ctx context.Context, s *Schedule) error {
	k := &carrier{Schedule: s, client: c}
	if s.Due != nil {
		if err := k.sendOpen(ctx); err != nil {
			return err
		}
		return k.follow(ctx, 1, func() (int, error) { return 0, nil })
	}
	if err := wait(ctx, time.Until(s.Epoch.Add(s.Ready))); err != nil {
		return err
	}
	k.started = time.Now()
	return k.follow(ctx, 0, func() (int, error) { return k.sendNext(ctx) })
}

// follow tells what is reported and sends further runs, until there is neither.
func (k *carrier) follow(ctx context.Context, under int, send func() (sent int, err error)) error {
	for {
		for under < ahead {
			sent, err := send()
			if err != nil {
				return err
			}
			if sent == 0 {
				break
			}
			under++
		}
		if under == 0 {
			return nil
		}
		r, err := k.client.process.Next(ctx)
		switch {
		case err != nil:
			return err
		case r == nil:
			under--
		default:
			k.told++
			k.Tell(k.client.read(k.ids[r.Seq], r, k.Epoch))
		}
	}
}

// wait waits for d, or until ctx ends.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
