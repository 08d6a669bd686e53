package link

import "rstorm/faults"

// An effect carries a fault out on a connection. It returns when what was
// passing may go on, or when the connection has been ended.
type effect func(*relay, faults.Strike)

// effects holds what the link can do to a connection. Refuse and drop-syn are
// not among them: they work on the gate.
var effects = map[faults.Effect]effect{
	faults.Reset:       reset,       // a RST on both legs
	faults.Close:       closeBoth,   // as close(2) towards the client, a FIN towards the device
	faults.HalfClose:   halfClose,   // a FIN towards the client, whose bytes are no longer read
	faults.Drain:       drain,       // a FIN towards the client, whose bytes are thrown away
	faults.Truncate:    truncate,    // a FIN towards the client in the middle of a body
	faults.Stall:       stall,       // nothing moves in either direction
	faults.BlackHole:   blackHole,   // nor is anything acknowledged
	faults.Vanish:      vanish,      // both sockets are forgotten without a segment
	faults.Hold:        hold,        // what is passing waits
	faults.Status:      status,      // the link answers in the device's place
	faults.Garbage:     garbage,     // the client gets bytes that are no HTTP
	faults.Unsolicited: unsolicited, // the client gets an answer that it did not ask for
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
	r.do(s)
	return r.ctx.Err() == nil
}

// do carries s out at once.
func (r *relay) do(s faults.Strike) {
	r.note(s)
	effects[s.Effect](r, s)
}

// title names s in the log.
func title(s faults.Strike) string { return string(s.Effect) + " at " + string(s.Point) }

// lasts reports whether s's delay is how long its effect lasts, and not a wait
// before it.
func lasts(s faults.Strike) bool { return s.Effect == faults.Hold || silences(s) }

// silences reports whether s lets nothing pass while it lasts.
func silences(s faults.Strike) bool {
	return s.Effect == faults.Stall || s.Effect == faults.BlackHole
}

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
			r.do(s)
		case s.Effect == faults.BlackHole:
			r.shut(s)
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
// the request was whole. It returns those that act later by themselves, also
// should the last bytes not reach the device; the others are then spent in vain.
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
			r.do(s)
		case s.Effect == faults.BlackHole:
			r.shut(s)
			due = append(due, s)
		case later(s) && s.Effect != faults.Garbage:
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
func (r *relay) carryAnswer(ex *exchange, s faults.Strike) bool {
	switch {
	case silences(s): // it began when the request went
		return true
	case s.Effect == faults.Garbage: // it takes the place of the response
		s.Wait -= r.sinceForwarded(ex)
	case later(s): // it strikes when it is due, and nothing passes before
		<-r.ctx.Done()
		return false
	}
	return r.carry(s)
}
