package device

import "rstorm/faults"

// ignoreClose has been carried out by the answer, which was drawn knowing it:
// it did not announce a close, and none follows.
func ignoreClose(*connection, faults.Strike) (over bool) { return false }

// ignoresClose reports whether s is such a fault.
func ignoresClose(s faults.Strike) bool { return s.Effect == faults.IgnoreClose }
