package packet

import "rstorm/faults"

// hold lets the packet go on later by s's delay. What comes after it in its
// direction of its connection waits behind it.
func hold(_ *Middlebox, on *passage, s faults.Strike) { on.wait += s.Wait }
