package link

import (
	"cmp"
	"slices"
	"time"

	"rstorm/faults"
)

// touch tells the idle watch that bytes have passed.
func (r *relay) touch() {
	if r.idle == nil {
		return
	}
	r.touched.Store(int64(r.link.since()))
	poke(r.idle)
}

// watchIdle starts the watch for faults at idle, if there are any.
func (r *relay) watchIdle() {
	if !r.link.plan.Has(faults.Idle) {
		return
	}
	r.idle = make(chan struct{}, 1)
	r.touched.Store(int64(r.link.since()))
	r.tasks.Go(func() {
		for judged := time.Duration(-1); ; {
			since, ok := r.awaitIdle(judged)
			if !ok || !r.strikeIdle(since) {
				return
			}
			judged = since
		}
	})
}

// awaitIdle returns when nothing has passed for as long as the first fault at
// idle wants, with no request open, and since when; not for a time that has
// been judged. It reports false when the connection is over, or no fault
// concerns it.
func (r *relay) awaitIdle(judged time.Duration) (since time.Duration, ok bool) {
	for r.ctx.Err() == nil {
		since := r.quietSince()
		if since == judged || r.requestOpen() {
			select {
			case <-r.idle:
			case <-r.ctx.Done():
			}
			continue
		}
		wait, ok := r.link.plan.Idle(r.lastEvent())
		if !ok {
			return 0, false
		}
		rest := since + wait - r.link.since()
		if rest <= 0 {
			return since, true
		}
		faults.Wait(r.ctx, rest)
	}
	return 0, false
}

// strikeIdle carries out the faults that hit the idle time since then: each
// when the connection has been idle for as long as it wants. It reports
// whether the connection lives on.
func (r *relay) strikeIdle(since time.Duration) bool {
	strikes := r.link.plan.At(faults.Idle, r.lastEvent())
	slices.SortStableFunc(strikes, func(x, y faults.Strike) int { return cmp.Compare(x.Wait, y.Wait) })
	for _, s := range strikes {
		if faults.Wait(r.ctx, since+s.Wait-r.link.since()) != nil {
			return false
		}
		if r.quietSince() != since {
			return true
		}
		s.Wait = 0 // it is over: at idle the delay is the age
		if !r.carry(s) {
			return false
		}
	}
	return true
}

// quietSince is when bytes last passed.
func (r *relay) quietSince() time.Duration { return time.Duration(r.touched.Load()) }
