package runner

import (
	"fmt"

	"rstorm/device"
	"rstorm/link"
	"rstorm/packet"
	"rstorm/results"
)

// join adds to each record what the link's log and the device's ledger say of
// its command, and to the evidence what the log says of connections. The
// stage must have been taken down. The notes tell what could not be joined.
func join(e *results.Evidence, s *stage) []string {
	var notes []string
	records := make(map[string]*results.Record, len(e.Records))
	for i := range e.Records {
		records[e.Records[i].ID.String()] = &e.Records[i]
	}
	if s.link != nil {
		e.Logged = true
		joinLog(e, records, s.link.Log(), s.known(), s.forged(), s.tls != nil)
	}
	if s.device != nil {
		if n := joinLedger(records, s.device.Ledger()); n > 0 {
			notes = append(notes, fmt.Sprintf("the device executed %d requests that belong to no finished command", n))
		}
	}
	if s.packet != nil {
		notes = append(notes, lostPackets(s.packet.Counts(), len(s.packet.Log()))...)
	}
	return append(notes, unnamed(e.Records)...)
}

// lostPackets says what the packets' middlebox could not do or write down.
func lostPackets(c packet.Counts, logged int) (notes []string) {
	if n := c.Overflowed + c.Unsent; n > 0 {
		notes = append(notes, fmt.Sprintf("%d packets were lost by the middlebox itself and by no fault", n))
	}
	struck := 0
	for _, n := range c.Struck {
		struck += n
	}
	if struck > logged {
		notes = append(notes, fmt.Sprintf("the packets' log is full: of %d faults it holds %d, and RSTs forged after that are not counted", struck, logged))
	}
	return notes
}

// unnamed says how the first command failed whose outcome names no more than
// that, if there is one.
func unnamed(records []results.Record) []string {
	for i := range records {
		if r := &records[i]; r.Outcome == results.Failed && r.Err != "" {
			return []string{fmt.Sprintf("failed first: command %s: %s", r.ID, r.Err)}
		}
	}
	return nil
}

// joinLog counts attempts and copies connections. An attempt that never
// reached the link is known to the client only, one that the client hides to
// the link only: the larger number is the nearer.
func joinLog(e *results.Evidence, records map[string]*results.Record, log []link.Connection, known func(*link.Connection) *device.Connection, forged map[uint16][]packet.Record, tls bool) {
	tries := make(map[string]int, len(records))
	e.Connections = make([]results.Connection, 0, len(log))
	for i := range log {
		c := &log[i]
		out := results.Connection{Reset: c.Reset, Cause: c.Cause, First: c.First, Exchanges: len(c.Exchanges)}
		for _, x := range c.Exchanges {
			tries[x.Command]++
			out.Method = x.Method
		}
		complete(&out, known(c), tls)
		filtered(&out, c, forged[c.Client.Port()])
		e.Connections = append(e.Connections, out)
	}
	for id, r := range records {
		r.Attempts = max(r.Attempts, tries[id])
	}
}

// joinLedger counts executions and finds those out of order: a command is
// reordered if the device executed it after a newer command of the same client
// that was sent once this one had been reported. Commands that are under way at
// once have no order. It returns how many executions belong to no record.
func joinLedger(records map[string]*results.Record, ledger []device.Execution) (foreign int) {
	for _, r := range records {
		r.Ledger = true
	}
	newest := map[uint32]*results.Record{}
	for _, x := range ledger {
		r := records[x.Command]
		if r == nil {
			foreign++
			continue
		}
		r.Executed++
		r.Attempts = max(r.Attempts, r.Executed)
		switch last := newest[r.ID.Client]; {
		case last == nil || last.ID.Seq < r.ID.Seq:
			newest[r.ID.Client] = r
		case last.ID.Seq > r.ID.Seq && last.Sent >= r.Done:
			r.Reordered = true
		}
	}
	return foreign
}
