package link

import (
	"time"

	"rstorm/faults"
)

// finish is called at the far end when nothing more comes through: it passes
// on what ended the flow.
func (f *flow) finish() {
	defer close(f.done)
	if f.toxics != nil {
		if toxic := f.toxics.cutBy(); toxic != "" {
			f.r.endByToxic(toxic)
			return
		}
	}
	if !f.r.passing(f) {
		return
	}
	switch f.how {
	case byFIN:
		if f.answers == nil || f.answers.close() {
			f.r.relayFIN(f)
		}
	case byReset:
		f.r.relayReset(f)
	case lost:
		f.r.relayLoss(f)
	}
}

// linger waits, after a FIN, for the RST that may follow it, and passes it on
// behind the FIN and as late as everything else.
func (f *flow) linger() {
	if f.how == byLink && f.requests != nil {
		f.r.outlastClient()
	}
	if f.how != byFIN {
		return
	}
	if !f.from.hasFailed() {
		_, gone, err := await(f.from.conn, false, f.r.ctx.Done())
		if err != nil {
			f.from.fail(err)
		}
		if gone && !f.from.sentFIN.Load() {
			f.from.awaitFailure()
		}
	}
	if f.from.hasFailed() {
		f.r.noteFailure(f.from)
		faults.Wait(f.r.ctx, f.lag())
		<-f.done
		f.r.relayReset(f)
	}
}

// lag is how long a RST behind a FIN is under way.
func (f *flow) lag() (d time.Duration) {
	if f.way != nil {
		d += f.way.draw()
	}
	if f.toxics != nil {
		d += f.toxics.lag(func(l lags) time.Duration { return l.rst })
	}
	return d
}
