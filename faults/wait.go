package faults

import (
	"context"
	"time"
)

// fine is how much of a wait is left to the precise sleeper: the runtime's own
// timers fire up to a millisecond late (golang.org/issue/44343).
const fine = 1200 * time.Microsecond

// Wait returns when d has passed or ctx has ended, whichever is first, with
// ctx's cause in the second case. It is late by about a tenth of a
// millisecond on Linux and by up to one elsewhere; once less than 1.2 ms are
// left it no longer looks at ctx.
func Wait(ctx context.Context, d time.Duration) error {
	until := time.Now().Add(d)
	if d > fine {
		timer := time.NewTimer(d - fine)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if d = time.Until(until); d > 0 {
		sleep(d)
	}
	return nil
}
