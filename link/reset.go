package link

import (
	"cmp"

	"rstorm/faults"
)

// reset ends the connection with a RST on both legs. What has passed reaches
// the client before it.
func reset(r *relay, s faults.Strike) {
	r.settle(s)
	r.endByReset(r.cut(s))
}

// settle waits until what passed before s has arrived.
func (r *relay) settle(s faults.Strike) {
	switch s.Point {
	case faults.Response, faults.AfterResponse:
		r.client.flush(r.ctx)
	case faults.Request, faults.AfterForward:
		r.device.flush(r.ctx)
	}
}

// cut describes s for the log.
func (r *relay) cut(s faults.Strike) cut {
	return cut{
		fault: title(s),
		cause: cmp.Or(s.Point.ResetCause(), r.stateCause()),
	}
}

// endByToxic ends the connection as the toxic does that has ended a flow.
func (r *relay) endByToxic(toxic string) {
	c := cut{fault: toxic, cause: r.stateCause()}
	if toxic == resetPeer {
		r.endByReset(c)
		return
	}
	r.endByClose(c)
}
