package link

import "rstorm/faults"

// An effect carries a fault out on a connection. It returns when what was
// passing may go on, or when the connection has been ended.
type effect func(*relay, faults.Strike)

// effects holds what the link can do to a connection. Refuse is not among
// them: it works on the gate.
var effects = map[faults.Effect]effect{
	faults.Reset:     reset,     // a RST on both legs
	faults.Close:     closeBoth, // as close(2) towards the client, a FIN towards the device
	faults.HalfClose: halfClose, // a FIN towards the client, whose bytes are no longer read
	faults.Truncate:  truncate,  // a FIN towards the client in the middle of a body
	faults.Stall:     stall,     // nothing moves in either direction
	faults.Hold:      hold,      // what is passing waits
}

// strike asks the plan which faults hit e at point and carries them out. It
// reports whether what is passing may go on.
func (r *relay) strike(point faults.Point, e faults.Event) bool {
	for _, s := range r.link.plan.At(point, e) {
		if !r.carry(s) {
			return false
		}
	}
	return r.ctx.Err() == nil
}

// carry waits for as long as s says and carries it out. What is passing is held
// meanwhile. It reports whether that may go on.
func (r *relay) carry(s faults.Strike) bool {
	if !lasts(s) && faults.Wait(r.ctx, s.Wait) != nil {
		return false
	}
	effects[s.Effect](r, s)
	return r.ctx.Err() == nil
}

// lasts reports whether s's delay is how long its effect lasts, and not a wait
// before it.
func lasts(s faults.Strike) bool { return s.Effect == faults.Hold || s.Effect == faults.Stall }

// later reports whether s waits while other things go on.
func later(s faults.Strike) bool { return s.Wait > 0 && !lasts(s) }

// schedule carries s out when it is due, whatever goes on meanwhile.
func (r *relay) schedule(s faults.Strike) { r.tasks.Go(func() { r.carry(s) }) }

// seal readies the end of a response for faults after-response: those that
// strike at once shut the way to the device before the client has its answer.
func (r *relay) seal(strikes []faults.Strike) {
	for _, s := range strikes {
		switch {
		case s.Effect == faults.Stall:
			stall(r, s)
		case s.Effect.Ends() && !later(s):
			r.sealed.Store(true)
		}
	}
}

// carryDue carries out the faults after-response, now that the response has
// passed. It reports whether more may pass.
func (r *relay) carryDue(strikes []faults.Strike) bool {
	for _, s := range strikes {
		switch {
		case s.Effect == faults.Stall: // seal has done it
		case later(s):
			r.schedule(s)
		case !r.carry(s):
			return false
		}
	}
	return true
}

// strikeAnswer asks the faults after-forward about ex, whose request is about
// to go. From now on they withhold its response, unless that has begun before
// the request was whole. It returns those that act later by themselves. Should
// the last bytes then not reach the device, what was asked is spent in vain.
func (r *relay) strikeAnswer(ex *exchange) (due []faults.Strike) {
	r.mu.Lock()
	begun := ex.begun
	r.mu.Unlock()
	if begun {
		return nil
	}
	strikes := r.link.plan.At(faults.AfterForward, r.event(ex))
	for _, s := range strikes {
		switch {
		case s.Effect == faults.Stall:
			stall(r, s)
		case later(s):
			due = append(due, s)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	ex.strikes = strikes
	return due
}

// carryAnswer carries out a fault after-forward now that the response it
// withholds has come: the device has executed the command. It reports whether
// the response may pass after all.
func (r *relay) carryAnswer(s faults.Strike) bool {
	switch {
	case s.Effect == faults.Stall: // it began when the request went
		return true
	case later(s): // it strikes when it is due, and nothing passes before
		<-r.ctx.Done()
		return false
	}
	return r.carry(s)
}
