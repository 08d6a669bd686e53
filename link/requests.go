package link

import (
	"sync/atomic"

	"rstorm/faults"
)

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
	greeted bool          // the first bytes have been looked at
	hold    bool          // requests are held back until they are decided
	decided bool          // the current one has been
	refusal *faults.Fault // the link shall answer it as this says; set by effect status
	refused bool          // it has been answered by the link: the rest of it is thrown away
	current *exchange     // the request that is arriving; nil between two
	arrived int64         // bytes of the client that have been looked at, but for those refused
	held    []byte        // of them, those not handed on yet
	cuts    cuts          // faults at request

	arriving atomic.Bool // part of a request has arrived, and not all

	exact  bool  // faults strike between the bytes handed to the device
	passed int64 // bytes handed to the device; the far end's own
}

func newRequests(r *relay, f *flow) *requests {
	plan := r.link.plan
	return &requests{
		r: r, f: f, framer: newFramer(false), cuts: r.link.cuts(faults.Request),
		hold: plan.Has(faults.BeforeForward), exact: plan.Has(faults.AfterForward) || plan.Has(faults.Request),
	}
}

// clientHello is how the first record of a TLS client begins (RFC 8446 section
// 5.1); nothing of HTTP does.
const clientHello = 22

// arrive finds the requests in b and hands on what may go.
func (q *requests) arrive(b []byte, emit func([]byte)) {
	if q.r.tunnel.Load() {
		q.framer.tunnel()
	}
	if !q.greeted {
		q.greeted = true
		if b[0] == clientHello && !q.r.strike(faults.Handshake, q.r.event(nil)) {
			return
		}
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
	q.arriving.Store(q.midRequest() && q.framer.step != opaque)
	emit(b)
}

// mark takes in what the framer found.
func (q *requests) mark(m mark) {
	switch m {
	case head:
		q.current = q.r.openExchange(q.framer.msg)
		if q.framer.stop = q.cuts.first; q.cuts.first == 0 {
			q.cutHere()
		}
	case reached:
		q.cutHere()
	case done:
		q.r.requestRead(q.current, q.arrived)
		q.current = nil
	}
}

// cutHere tells the far end that a fault at request strikes here, if one does.
func (q *requests) cutHere() {
	now, next := q.cuts.at(q.framer.content, func() []faults.Strike { return q.r.link.plan.At(faults.Request, q.r.event(q.current)) })
	q.framer.stop = next
	if len(now) > 0 && !q.refused {
		q.r.addStop(stop{q.arrived, now})
	}
}

// arriveHeld lets a request go once the faults before-forward have been asked
// about it, and no byte of it sooner. That is when it is whole; when its client
// waits for leave to send the body; or when it is too large to hold.
func (q *requests) arriveHeld(b []byte, emit func([]byte)) {
	for {
		n, m := q.framer.next(b)
		if !q.refused {
			q.held = append(q.held, b[:n]...)
			q.arrived += int64(n)
		}
		b = b[n:]
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
			if q.refusal != nil && !q.refuse(ex) {
				return
			}
		}
		if q.decided || q.framer.step == opaque {
			q.release(emit)
		}
		if m == done || q.framer.step == opaque {
			q.decided, q.refused = false, false
		}
		if m == more {
			q.arriving.Store(q.midRequest() && q.framer.step != opaque)
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

// midRequest reports whether part of a request has arrived.
func (q *requests) midRequest() bool { return q.framer.begun }
