package diagnosis

import (
	"context"
	"io"
	"time"

	"rstorm/results"
	"rstorm/wire"
	"rstorm/wire/pcap"
)

// A file is a capture that is being read.
type file struct {
	*Diagnosis
	name  string
	first int64           // when its first packet was captured
	last  int64           // and the latest so far
	found results.Finding // of the connection at hand; most find nothing, and leave nothing to collect then
}

func (f *file) packets(ctx context.Context, reader *pcap.Reader, table *wire.Table) error {
	var p wire.Packet
	for n := 0; ; n++ {
		if n%glance == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		if err := reader.Next(&p); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if n == 0 {
			f.first = p.At
			f.Writer.Open(f.name, p.At)
		}
		f.last = p.At
		f.sums.packet(&p)
		table.Add(&p)
	}
}

// ended explains a connection that is over.
func (f *file) ended(c *wire.Conversation) {
	if !f.Scope.holds(c, f.first) {
		f.sums.Elsewhere++
		return
	}
	witness := f.witness(c)
	f.found = wire.Explain(c, witness)
	finding := &f.found
	f.sums.connection(c, finding, finding.Cause == "" && wire.Undecided(c, witness))
	if f.Ended != nil {
		f.Ended(c, finding)
	}
	bad := finding.Cause != ""
	if !bad && !f.All && len(f.Scope.Numbers) == 0 {
		return
	}
	told := tell(f.name, c, finding)
	if f.draws(bad) {
		f.draw(told, c, finding)
	}
	told.spelled = f.Spell && told.Ladder == ""
	f.Writer.Tell(told)
}

// For how long a capture must have gone on after a connection's last packet for
// its silence to mean something. A kernel sends again after a second, at the
// latest, what is not acknowledged; what it has sent again had its time already.
// What is acknowledged may take longer to be answered.
const (
	roundTrip = 300 * time.Millisecond
	patience  = 3 * time.Second
	service   = time.Minute
)

// witness is what the rest of the capture says of a connection.
func (f *file) witness(c *wire.Conversation) wire.Witness {
	up := &c.Sides[wire.Up]
	wait := service
	switch {
	case up.Acked < up.Sent && up.Repeats > up.Duplicates:
		wait = roundTrip
	case up.Acked < up.Sent:
		wait = patience
	}
	return wire.Witness{Foreign: true, Over: f.last-c.Ended > int64(wait)}
}

// draws reports whether the next connection is to be drawn: one that was asked
// for by its number, or one of the first that ended badly.
func (f *file) draws(bad bool) bool {
	if len(f.Scope.Numbers) > 0 {
		return true
	}
	if !bad || f.drawn >= f.Ladders {
		return false
	}
	f.drawn++
	return true
}

func (f *file) draw(told *Connection, c *wire.Conversation, finding *results.Finding) {
	if f.Mermaid {
		told.Diagram = wire.Mermaid(c, finding)
	} else {
		told.Ladder = wire.Ladder(c, finding)
	}
}

// exchanged passes on an exchange, as far as it is known by now whether its
// connection is in scope.
func (f *file) exchanged(c *wire.Conversation, e *wire.Exchange) {
	if f.Scope.names(c) && max(e.Request.Done, e.Response.Done) >= f.Scope.Since.after(f.first) {
		f.Exchanged(c, e)
	}
}
