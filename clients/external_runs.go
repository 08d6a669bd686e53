package clients

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
	"unicode/utf8"

	"rstorm/clients/adapter"
	"rstorm/results"
)

// sendOpen sends an open loop, whose times are fixed, as one run.
func (k *carrier) sendOpen(ctx context.Context) error {
	run := adapter.Run{Report: k.client.reporting, Concurrency: k.Concurrency, Pace: &adapter.Pace{Kind: "at"}}
	var due []time.Duration
	for seq := 0; k.Commands == 0 || seq < k.Commands; seq++ {
		at := k.Due(seq)
		if k.Duration > 0 && at-k.Ready >= k.Duration {
			break
		}
		next, err := k.draw()
		if err != nil {
			return err
		}
		run.Commands, due = append(run.Commands, next.command), append(due, at)
	}
	if len(run.Commands) == 0 {
		return nil
	}
	now := time.Since(k.Epoch)
	for _, at := range due {
		run.Pace.AtUS = append(run.Pace.AtUS, max(0, (at-now).Microseconds()))
	}
	n := time.Duration((len(due) + k.Concurrency - 1) / k.Concurrency)
	return k.client.process.Send(ctx, run, max(0, due[len(due)-1]-now)+n*k.Timeout+slack)
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
	for bytes := 0; len(run.Commands) < most && limit < longest; {
		next, err := k.draw()
		if err != nil {
			return run, 0, err
		}
		if bytes += next.bytes; len(run.Commands) > 0 && bytes > lineRoom {
			k.held = next
			break
		}
		if k.Constant {
			run.GapUS = next.gap.Microseconds()
		} else {
			us := next.gap.Microseconds()
			next.command.GapUS = &us
		}
		run.Commands = append(run.Commands, next.command)
		limit += (next.gap + k.Timeout) / time.Duration(k.Concurrency)
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
	cmd := k.Next()
	if !utf8.Valid(cmd.Body) || !utf8.ValidString(cmd.Target) {
		return nil, fmt.Errorf("command %v is not UTF-8, which a client of another process needs", cmd.ID)
	}
	s := &step{command: adapter.Command{Seq: len(k.ids), Method: cmd.Method, Path: cmd.Target, Body: string(cmd.Body),
		Headers: map[string]string{results.IDHeader: cmd.ID.String()}}}
	if len(cmd.Body) > 0 {
		s.command.Headers["Content-Type"] = bodyType
	}
	k.ids = append(k.ids, cmd.ID)
	text, err := json.Marshal(s.command)
	if err != nil {
		return nil, fmt.Errorf("write command %v: %w", cmd.ID, err)
	}
	const gapField = 32 // ,"gap_us":... and a comma
	s.bytes = len(text) + gapField
	if k.Gap != nil {
		s.gap = k.Gap()
	}
	return s, nil
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
