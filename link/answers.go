package link

import "rstorm/faults"

// answers is what the flow to the client knows of HTTP. It works at the far
// end, on bytes as they reach the client, so that a response can be cut to the
// byte whatever the toxics before it do.
type answers struct {
	r      *relay
	f      *flow
	framer framer
	ex     *exchange // being answered; nil if nobody asked
	fresh  bool      // the next byte begins a head

	withheld bool            // nothing of the response passes
	replaced bool            // nor ever will: the client has had something else
	kept     []byte          // what was withheld
	gate     []faults.Strike // why
	cuts     cuts            // faults at response
}

func newAnswers(r *relay, f *flow) *answers {
	return &answers{r: r, f: f, framer: newFramer(true), fresh: true, cuts: r.link.cuts(faults.Response)}
}

// deliver hands p to the client, in one piece unless a fault or the end of a
// response stands in between.
func (a *answers) deliver(p []byte) {
	for sent, at := 0, 0; ; {
		if a.fresh && at < len(p) && a.framer.step != opaque {
			a.begin()
		}
		n, m := a.framer.next(p[at:])
		at += n
		switch {
		case m == interim:
			a.interim()
		case m == head && !a.halts():
			a.head()
		case m == more && !(a.withheld && a.framer.step == opaque):
			a.send(p[sent:at])
			return
		case !a.halt(m, p[sent:at]):
			return
		default:
			sent = at
		}
	}
}

// begin is called before the first byte of a head.
func (a *answers) begin() {
	a.fresh = false
	a.ex, a.gate = a.r.nextAnswer()
	a.withheld = len(a.gate) > 0
	if a.framer.method = ""; a.ex != nil {
		a.framer.method = a.ex.Method
	}
}

// interim is called at the end of a 1xx head: the answer is still to come.
func (a *answers) interim() {
	a.fresh = true
	if a.ex != nil {
		a.r.interimPassed(a.ex)
	}
}

// head is called at the end of the final head of a response.
func (a *answers) head() {
	if a.ex != nil {
		a.r.responseHead(a.ex, &a.framer.msg)
	}
	if a.framer.step == opaque {
		a.r.tunnel.Store(true)
	}
	a.framer.stop = a.cuts.first // nothing at 0: halts has seen to that
}

// halts reports whether something is decided at the end of a head.
func (a *answers) halts() bool { return a.withheld || a.cuts.first == 0 }

// halt hands p on and decides what is to be decided at its end, of which m
// says what it is. It reports whether more may pass.
func (a *answers) halt(m mark, p []byte) bool {
	switch m {
	case head:
		a.head()
		return a.open() && a.send(p) && (a.cuts.first != 0 || a.replaced || a.cutHere())
	case reached:
		return a.send(p) && (a.replaced || a.cutHere())
	case done:
		return a.done(p)
	}
	return a.open() && a.send(p) // it is not HTTP, and an answer all the same
}

// open asks the faults that withhold the response whether it may pass after
// all.
func (a *answers) open() bool {
	if !a.withheld {
		return true
	}
	for _, s := range a.gate {
		if !a.r.carryAnswer(a.ex, s) {
			return false
		}
		a.replaced = a.replaced || s.Effect == faults.Garbage
	}
	a.withheld = false
	kept := a.kept
	a.kept = nil
	return a.r.passing(a.f) && a.send(kept)
}

// send hands p to the client, or keeps it while the response is withheld.
func (a *answers) send(p []byte) bool {
	if a.replaced {
		return a.r.passing(a.f)
	}
	if a.withheld {
		a.kept = append(a.kept, p...)
		return true
	}
	if len(p) > 0 {
		a.r.partial.Store(!a.fresh && a.framer.step != opaque)
	}
	return a.f.write(p)
}

// cutHere is called when as many bytes of content have passed as a fault at
// response wants.
func (a *answers) cutHere() bool {
	now, next := a.cuts.at(a.framer.content, func() []faults.Strike { return a.r.link.plan.At(faults.Response, a.r.event(a.ex)) })
	for _, s := range now {
		if !a.r.carry(s) {
			return false
		}
	}
	a.framer.stop = next
	return a.r.passing(a.f)
}

// done is called when p ends a response. Effects that are to strike at once
// shut the way to the device before the client has its answer, for no further
// request shall pass.
func (a *answers) done(p []byte) bool {
	if a.replaced {
		a.replaced, a.fresh = false, true
		a.r.responseDone(a.ex, a.framer.content, false)
		return a.r.passing(a.f)
	}
	strikes := a.r.link.plan.At(faults.AfterResponse, a.r.event(a.ex))
	a.r.seal(strikes)
	a.r.ending.Store(true)
	ok := a.send(p)
	a.fresh, a.framer.stop = true, -1
	a.r.partial.Store(false)
	if a.ex != nil {
		a.r.responseDone(a.ex, a.framer.content, ok)
	}
	a.r.ending.Store(false)
	poke(a.r.turn)
	return ok && a.r.carryDue(strikes) && a.r.passing(a.f)
}

// close is called when the device has closed its side and everything before
// that has passed. It reports whether the FIN may pass too.
func (a *answers) close() bool {
	if a.withheld {
		a.withheld = false // the device has ended the exchange first
		a.send(a.kept)
	}
	if a.framer.finish() && !a.done(nil) {
		return false
	}
	return a.r.strike(faults.OnFIN, a.r.lastEvent()) && a.r.passing(a.f)
}
