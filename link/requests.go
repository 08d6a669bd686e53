package link

import "rstorm/faults"

// holdLimit bounds how much of a request is held back until it is decided
// whether the device gets it. A larger one is decided when it has come so far.
const holdLimit = 1 << 20

// requests is what the flow to the device knows of HTTP. arrive, at its near
// end, finds the requests; forward, at its far end, tells them by offset, for
// toxics may cut and delay the bytes in between but do not reorder them.
type requests struct {
	r *relay
	f *flow

	framer  framer
	hold    bool      // requests are held back until they are decided
	decided bool      // the current one has been
	current *exchange // the request that is arriving; nil between two
	arrived int64     // bytes of the client that have been looked at
	held    []byte    // of them, those not handed on yet

	passed int64 // bytes handed to the device; the far end's own
}

// arrive finds the requests in b and hands on what may go.
func (q *requests) arrive(b []byte, emit func([]byte)) {
	if q.r.tunnel.Load() {
		q.framer.tunnel()
	}
	if q.hold {
		q.arriveHeld(b, emit)
		return
	}
	for rest := b; ; {
		n, m := q.framer.next(rest)
		rest = rest[n:]
		q.arrived += int64(n)
		if q.mark(m); m == more {
			break
		}
	}
	emit(b)
}

// mark enters what the framer found in the log.
func (q *requests) mark(m mark) {
	switch m {
	case head:
		q.current = q.r.openExchange(q.framer.msg)
	case done:
		q.r.requestRead(q.current, q.arrived)
		q.current = nil
	}
}

// arriveHeld lets a request go once the faults before-forward have been asked
// about it, and no byte of it sooner. That is when it is whole; when its client
// waits for leave to send the body; or when it is too large to hold.
func (q *requests) arriveHeld(b []byte, emit func([]byte)) {
	for {
		n, m := q.framer.next(b)
		q.held = append(q.held, b[:n]...)
		b = b[n:]
		q.arrived += int64(n)
		ex := q.current
		if q.mark(m); ex == nil {
			ex = q.current
		}
		whole := m == done || m == head && q.framer.msg.expects || len(q.held) > holdLimit
		if ex != nil && whole && !q.decided {
			if q.decided = true; !q.r.strike(faults.BeforeForward, q.r.event(ex)) {
				q.held, q.hold = nil, false
				return
			}
		}
		if q.decided || q.framer.step == opaque {
			q.release(emit)
		}
		if m == done {
			q.decided = false
		}
		if m == more {
			return
		}
	}
}

// release hands on what is held. The client has closed its side, or there is
// no more need to hold it.
func (q *requests) release(emit func([]byte)) {
	if len(q.held) > 0 {
		emit(q.held)
		q.held = q.held[:0]
	}
}

// forward hands p to the device, and asks the faults after-forward about each
// request that p completes.
func (q *requests) forward(p []byte) {
	if !q.r.link.plan.Has(faults.AfterForward) {
		if !q.r.sealed.Load() && q.f.write(p) {
			q.passed += int64(len(p))
			for ex := q.r.nextForward(q.passed); ex != nil; ex = q.r.nextForward(q.passed) {
				q.r.requestForwarded(ex)
			}
		}
		return
	}
	for len(p) > 0 && q.r.passing(q.f) && !q.r.sealed.Load() {
		ex := q.r.nextForward(q.passed + int64(len(p)))
		n := len(p)
		if ex != nil {
			n = int(ex.end - q.passed)
		}
		if !q.forwardOne(ex, p[:n]) {
			return
		}
		q.passed += int64(n)
		p = p[n:]
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
	if !q.f.write(p) {
		return false
	}
	q.r.requestForwarded(ex)
	for _, s := range due {
		q.r.schedule(s)
	}
	return true
}

// midRequest reports whether part of a request has arrived.
func (q *requests) midRequest() bool { return q.framer.begun }
