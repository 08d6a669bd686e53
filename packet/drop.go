package packet

import "rstorm/faults"

// drop loses the packet.
func drop(_ *Middlebox, on *passage, _ faults.Strike) { on.lost = true }
