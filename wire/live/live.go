// Package live captures packets of this machine while they pass, and asks the
// kernel why it sends RSTs. It needs Linux and the right to; [Open] says why
// not, where it can not be had.
package live

import (
	"cmp"
	"fmt"

	"rstorm/wire"
)

// A Mode says which segments on the watched ports are captured. Segments with
// RST are captured in every mode, on any port.
type Mode string

// The modes.
const (
	Control Mode = "control" // SYN, FIN and RST: tells that a connection died, and not always of what
	Full    Mode = "full"    // all
)

// A Config says what is captured. Its zero value captures all, for nobody.
type Config struct {
	Mode Mode // default Full
	Snap int  // bytes kept of each packet, from its IP header on; default 512, and 128 at least: headers must fit
	Ring int  // bytes of memory, about, in which packets wait for Handle; default 32 MiB

	// Handle, if not nil, is told of every TCP segment, in the order in which
	// they passed, on one goroutine. Packets are numbered from 1, are raw IP, and
	// have the index of the interface. They and the segment's payload are valid
	// during the call. Outgoing says that this machine sent it: over loopback,
	// where each is captured once, as it comes in, that is so of all. It must not
	// call Close.
	Handle func(*wire.Packet, *wire.Segment)
}

// completed is c with its defaults.
func (c Config) completed() (Config, error) {
	c.Mode = cmp.Or(c.Mode, Full)
	c.Snap = max(cmp.Or(c.Snap, 512), 128)
	c.Ring = cmp.Or(c.Ring, 32<<20)
	if c.Mode != Control && c.Mode != Full {
		return c, fmt.Errorf("capture mode %q: want %s or %s", c.Mode, Control, Full)
	}
	return c, nil
}

// Counts says how complete a capture is.
type Counts struct {
	Packets uint64 // that were handled
	Dropped uint64 // that found the ring full, and are lost
	Resets  uint64 // of the packets, segments with RST that this machine sent, on any port: its firewall's too
}
