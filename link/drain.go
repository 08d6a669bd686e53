package link

import "rstorm/faults"

// drain is the lingering close: a FIN towards the client, and what it still
// sends vanishes without a RST until it closes too.
func drain(r *relay, s faults.Strike) { r.endByFIN(r.cut(s), false) }
