package clients

import (
	"context"
	"fmt"
	"time"

	"rstorm/clients/adapter"
)

// sendOpen sends an open loop as one run: its times count from a run's beginning,
// which nobody knows of a run that waits behind another.
func (k *carrier) sendOpen(ctx context.Context) error {
	run, due, err := k.whole()
	if err != nil || len(due) == 0 {
		return err
	}
	now := time.Since(k.Epoch)
	for _, at := range due {
		run.Pace.AtUS = append(run.Pace.AtUS, max(0, (at-now).Microseconds()))
	}
	return k.client.process.Send(ctx, run, max(0, k.latest(due)-now)+slack)
}

// whole makes an open loop's run but for its times, and says when its commands
// are due. It ends as soon as the run is too long.
func (k *carrier) whole() (run adapter.Run, due []time.Duration, err error) {
	run = adapter.Run{Report: k.client.reporting, Concurrency: k.Concurrency, Pace: &adapter.Pace{Kind: "at"}}
	bytes := 0
	for seq := 0; k.Commands == 0 || seq < k.Commands; seq++ {
		at := k.Due(seq)
		if k.Duration > 0 && at-k.Ready >= k.Duration {
			break
		}
		next, err := k.draw()
		if err != nil {
			return run, nil, err
		}
		if bytes += next.bytes + atField; bytes > lineRoom {
			return run, nil, fmt.Errorf("nothing was sent: %w", &longError{seq, 1})
		}
		run.Commands, due = append(run.Commands, next.command), append(due, at)
	}
	return run, due, nil
}

// latest is when an open loop is done at the latest: each command takes its
// timeout, and waits for one of the lanes. Of one that falls behind by more than
// a minute it is a minute after the last command was due, and its timeout.
func (k *carrier) latest(due []time.Duration) time.Duration {
	begin := make([]time.Duration, len(due))
	for i, at := range due {
		if begin[i] = at; i >= k.Concurrency {
			begin[i] = max(at, begin[i-k.Concurrency]+k.Timeout)
		}
	}
	last := len(due) - 1
	return min(begin[last], due[last]+behind) + k.Timeout
}

// sendNext sends a closed loop's next run and returns how many commands it
// holds; none if the load is over, or what is under way fills its time.
func (k *carrier) sendNext(ctx context.Context) (int, error) {
	run, limit, err := k.cut()
	if err != nil || len(run.Commands) == 0 {
		return 0, err
	}
	return len(run.Commands), k.client.process.Send(ctx, run, limit)
}

// cut makes a closed loop's next run, and says by when it must be done.
func (k *carrier) cut() (run adapter.Run, limit time.Duration, err error) {
	run = adapter.Run{Report: k.client.reporting, Concurrency: k.Concurrency}
	most := k.room()
	var slowest time.Duration // of those that the lanes carry together
	for bytes := 0; len(run.Commands) < most && (limit < longest || len(run.Commands)%k.Concurrency > 0); {
		next, err := k.draw()
		if err != nil {
			return run, 0, err
		}
		if bytes += next.bytes + gapField; len(run.Commands) > 0 && bytes > lineRoom {
			k.held = next
			break
		}
		if k.Constant {
			run.GapUS = next.gap.Microseconds()
		} else {
			us := next.gap.Microseconds()
			next.command.GapUS = &us
		}
		if len(run.Commands)%k.Concurrency == 0 {
			slowest = 0
		}
		if took := next.gap + k.Timeout; took > slowest {
			limit, slowest = limit+took-slowest, took
		}
		run.Commands = append(run.Commands, next.command)
		k.given++
	}
	return run, max(limit, k.Timeout) + slack, nil
}

// room is how many commands the next run may hold. By time it is what a portion
// takes, and what is left beside those under way, by the pace so far; one for
// each lane until that is known.
func (k *carrier) room() int {
	if k.Commands > 0 {
		return min(mostRun, k.Commands-k.given)
	}
	left := k.Duration + k.Ready - time.Since(k.Epoch)
	switch {
	case k.held != nil && left <= 0:
		return 1 // it was handed out: it is due
	case left <= 0:
		return 0
	case k.told == 0:
		return k.Concurrency
	}
	each := max(time.Microsecond, time.Since(k.started)/time.Duration(k.told))
	under, least := k.given-k.told, 0
	if under == 0 {
		least = 1
	}
	return min(mostRun, max(1, int(portion/each)), max(least, int(left/each)-under))
}

// draw makes the next command, or returns the one that was held back.
func (k *carrier) draw() (*step, error) {
	if held := k.held; held != nil {
		k.held = nil
		return held, nil
	}
	s, err := newStep(k.Next(), len(k.ids))
	if err != nil {
		return nil, err
	}
	k.ids = append(k.ids, s.id)
	if k.Gap != nil {
		s.gap = k.Gap()
	}
	return s, nil
}
