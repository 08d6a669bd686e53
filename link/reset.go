package link

import (
	"cmp"

	"rstorm/faults"
)

// reset ends the connection with a RST on both legs. What has passed reaches
// the client before it.
func reset(r *relay, s faults.Strike) {
	if s.Point == faults.Response || s.Point == faults.AfterResponse {
		r.client.flush(r.ctx)
	}
	r.endByReset(r.cut(s))
}

// cut describes s for the log.
func (r *relay) cut(s faults.Strike) cut {
	return cut{
		fault: string(s.Effect) + " at " + string(s.Point),
		cause: cmp.Or(resetCauses[s.Point], r.stateCause()),
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
