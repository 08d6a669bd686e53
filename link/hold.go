package link

import "rstorm/faults"

// hold keeps what is passing back for s's delay. The other direction goes on.
func hold(r *relay, s faults.Strike) { faults.Wait(r.ctx, s.Wait) }
