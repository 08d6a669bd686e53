package device

import "rstorm/faults"

// hold is nothing but its delay, which has passed.
func hold(*connection, faults.Strike) (over bool) { return false }
