package device

import (
	"fmt"
	"os"

	"rstorm/faults"
)

// crash kills the device's process. Nothing in it gets to do anything about
// that: each connection dies as the kernel decides, by a RST where bytes lie
// unread and by a FIN where none do.
func crash(c *connection, s faults.Strike) (over bool) {
	c.device.die(c, s, kill)
	return true
}

// kill does not return.
func kill() {
	self, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = self.Kill()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "the device's process can't kill itself:", err)
		os.Exit(1)
	}
	select {} // the signal is on its way
}

// die completes every connection's record as far as the device can and ends
// the process by end. The locks it takes are given back to nobody.
func (d *Device) die(c *connection, s faults.Strike, end func()) {
	d.roster.mu.Lock()
	now, why := d.clock.now(), byFault(s.Fault)
	var notes []note
	for n, other := range d.roster.open {
		record := &d.roster.records[n-1]
		record.Closed, record.Ended, record.Unread = now, why, unread(other.tcp)
		other.count(record)
		notes = append(notes, note{Ended: &state{*record, quoted(record.Command)}})
	}
	notes = append(notes, note{Dying: &death{why, d.supervised.down(s, c.last)}})
	d.reporter.last(end, notes...)
}
