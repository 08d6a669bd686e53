package link

import (
	"slices"

	"rstorm/faults"
)

// forward hands p to the device, and carries out the faults at request and
// after-forward where it comes to them.
func (q *requests) forward(p []byte) {
	if !q.exact {
		if !q.r.sealed.Load() && q.f.write(p) {
			q.passed += int64(len(p))
			for ex := q.r.nextForward(q.passed); ex != nil; ex = q.r.nextForward(q.passed) {
				q.r.requestForwarded(ex)
			}
		}
		return
	}
	for len(p) > 0 && q.r.passing(q.f) && !q.r.sealed.Load() {
		end := q.passed + int64(len(p))
		s, struck := q.r.nextStop(end)
		if struck {
			end = s.at
		}
		ex := q.r.nextForward(end)
		if ex != nil && ex.end < end {
			end, struck = ex.end, false
		}
		if struck {
			q.r.brace(s.strikes)
		}
		n := int(end - q.passed)
		taken := q.forwardOne(ex, p[:n])
		if taken {
			q.passed = end
		}
		p = p[n:]
		if struck && !q.strikeStop(s) || !taken {
			return
		}
	}
}

// forwardOne hands p to the device, of which ex, if it is not nil, is
// completed. What strikes ex is known before the last byte goes, so that no
// response can slip through.
func (q *requests) forwardOne(ex *exchange, p []byte) bool {
	if ex == nil {
		return q.f.write(p)
	}
	due := q.r.strikeAnswer(ex)
	taken := q.f.write(p)
	if taken {
		q.r.requestForwarded(ex)
	}
	for _, s := range due {
		q.r.schedule(s) // taken or not: a response may already wait for it
	}
	return taken
}

// A stop is where, in the bytes handed to the device, faults at request strike.
type stop struct {
	at      int64
	strikes []faults.Strike
}

// addStop adds a stop behind all others.
func (r *relay) addStop(s stop) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stops = append(r.stops, s)
}

// dropStops forgets the stops behind offset from: those bytes are not handed
// on.
func (r *relay) dropStops(from int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stops = slices.DeleteFunc(r.stops, func(s stop) bool { return s.at > from })
}

// nextStop returns the first stop if it lies at or before offset limit.
func (r *relay) nextStop(limit int64) (stop, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.stops) == 0 || r.stops[0].at > limit {
		return stop{}, false
	}
	return r.stops[0], true
}

// brace keeps a response back that could come before strikes are carried out:
// the request may be whole, and its device fast.
func (r *relay) brace(strikes []faults.Strike) {
	for _, s := range strikes {
		if silences(s) || s.Effect.Ends() && !later(s) {
			r.shut(s)
		}
	}
}

// strikeStop carries out the faults at s, the first stop. It reports whether
// more may pass.
func (q *requests) strikeStop(s stop) bool {
	q.r.mu.Lock()
	q.r.stops = q.r.stops[1:]
	q.r.mu.Unlock()
	for _, strike := range s.strikes {
		if !q.r.carry(strike) {
			return false
		}
	}
	return true
}
