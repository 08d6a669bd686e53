package packet

import "rstorm/faults"

// corrupt flips one bit: of the payload's last byte or, without one, of the
// window. One bit alone always changes the checksum.
func corrupt(_ *Middlebox, on *passage, _ faults.Strike) {
	if last := len(on.payload) - 1; last >= 0 {
		on.payload[last] ^= 1
	} else {
		on.tcp[tcpWindow] ^= 1
	}
	on.spoilt = true
}
