package link

import "rstorm/faults"

// A valve is shut while it stands in a relay: nothing passes.
type valve struct {
	open    chan struct{} // closed when bytes may pass again
	why     *faults.Fault
	forever bool
}

// stall stops both flows for s's delay, for ever if it has none, which at idle
// is never its own: that is the idle time. What has passed is not called back;
// sockets stay open and are not read.
func stall(r *relay, s faults.Strike) { r.shut(s) }

// shut shuts a valve for as long as s says and returns it; nil if another one
// stands for ever. Shutting it again for the same strike has no effect.
func (r *relay) shut(s faults.Strike) *valve {
	v := &valve{open: make(chan struct{}), why: s.Fault, forever: s.Delay.IsZero() || s.Point == faults.Idle}
	for placed := false; !placed; {
		old := r.valve.Load()
		switch {
		case old != nil && old.why == s.Fault:
			return old
		case old != nil && old.forever:
			return nil
		}
		placed = r.valve.CompareAndSwap(old, v)
	}
	if !v.forever {
		r.tasks.Go(func() {
			faults.Wait(r.ctx, s.Wait)
			r.valve.CompareAndSwap(v, nil)
			close(v.open)
		})
	}
	return v
}

// wait returns when the valve opens or the connection is over. A flow that is
// never to go on watches who closes first, which nothing else would tell: only
// where there are toxics, or a long way, its near end reads on.
func (v *valve) wait(f *flow) {
	r := f.r
	if v.forever && f.toxics == nil && f.way == nil && f.how == going {
		fin, _, err := await(f.from.conn, true, r.ctx.Done())
		switch {
		case err != nil:
			f.from.fail(err)
			r.noteFailure(f.from)
		case fin:
			r.noteFIN(f.from)
		}
	}
	select {
	case <-v.open:
	case <-r.ctx.Done():
	}
}
