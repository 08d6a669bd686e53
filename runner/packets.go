package runner

import "rstorm/wire"

// A PacketSink keeps a run's packets for people to look at. Its methods may be
// called at the same time, but each from one goroutine at a time.
type PacketSink interface {
	// Write is given every packet of a trial, in order, with its
	// number in the run from 1, as findings and their evidence have it. The
	// packet's memory is not the sink's to keep. After an error it is given no
	// more, and the report's notes say so.
	Write(p *wire.Packet) error

	// Comment says what a packet that was written is evidence of. A packet may
	// get several comments; those of a trial come at its end.
	Comment(packet int, text string)

	// Dropped says how many packets the capture lost in all, after the last
	// packet and the last comment.
	Dropped(packets uint64)
}
