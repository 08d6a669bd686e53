package packet

import (
	"time"

	"rstorm/faults"
)

// patience is how long a packet waits to be overtaken unless its fault has a
// delay: less than the 200 ms after which a sender repeats it (TCP_RTO_MIN).
const patience = 20 * time.Millisecond

// reorder lets the packet go on after the next one of its direction of its
// connection, or, if none comes, after s's delay. Two that are struck in a row
// change places.
func reorder(_ *Middlebox, on *passage, s faults.Strike) {
	on.displaced = s.Wait
	if s.Delay.IsZero() {
		on.displaced = patience
	}
}
