package portrait

import (
	"net/netip"
	"strings"

	"rstorm/results"
	"rstorm/wire"
)

// A server is what was measured of one address that clients call. Times are
// nanoseconds, as they were seen where the capture was taken.
type server struct {
	address netip.AddrPort
	met     int  // how many were known when it was met first
	asked   bool // an HTTP exchange with it was seen

	conversations int
	cut           int                   // of these, those whose end was not captured
	bad           int                   // those that ended badly
	hidden        map[wire.Protocol]int // those whose exchanges can't be seen
	causes        map[string]int        // those that ended badly, by cause as it is told
	struck        [strikes]int          // the same by what it takes to do it again
	firstStruck   int                   // of those in silence, those whose first request it was
	closed        [closes]int           // all, by how the server's side ended

	requests, answers, succeeded int
	oneEach                      int // conversations of a single request
	several                      int // those of more
	unanswered                   int // requests that closing has cost, and which the device never read
	statuses                     tallies
	service, gap                 sample
	requestSize, answerSize      sample
	front, back                  sample // round trip time before and behind the place of the capture, by handshakes
	echo                         sample // from a stray request to its RST
	crossing                     int64  // at least so long is the round trip time: a request crossed a FIN; 0 is unknown
	patience                     sample // how long clients wait for an answer before they give up

	closing  closing
	commands repertoire
	visits   visits
}

// attempts is how often clients wanted to connect, as far as was seen.
func (s *server) attempts() int { return s.conversations }

// How a server's side of a conversation ends.
const (
	byFIN = iota
	byFINThenRST
	byRST
	never
	closes
)

// closeWords tells of them.
var closeWords = [closes]string{"FIN only", "FIN, then RST", "RST without FIN", "not closed by the device"}

// conversation counts c.
func (s *server) conversation(c *wire.Conversation, f *results.Finding) {
	s.conversations++
	if c.Cut {
		s.cut++
	}
	if c.Protocol == wire.TLS || c.Protocol == wire.HTTP2 {
		if s.hidden == nil {
			s.hidden = map[wire.Protocol]int{}
		}
		s.hidden[c.Protocol]++
	}
	if f.Cause != "" {
		s.bad++
		s.causes[name(f)]++
	}
	down := &c.Sides[wire.Down]
	switch {
	case down.FIN.Packet > 0 && down.Reset.Packet > 0:
		s.closed[byFINThenRST]++
	case down.FIN.Packet > 0:
		s.closed[byFIN]++
	case down.Reset.Packet > 0:
		s.closed[byRST]++
	default:
		s.closed[never]++
	}
	s.roundTrip(c)
}

// name is what was found, if it consists of the catalogue's words.
func name(f *results.Finding) string {
	for id := range strings.SplitSeq(f.Name(), " or ") {
		if !results.IsCause(id) {
			return results.CauseUnknown
		}
	}
	return f.Name()
}

// roundTrip measures it by the handshake: before the capture's place by the
// answer to the SYN, behind it by what acknowledges that. Only events that
// nothing was repeated before count.
func (s *server) roundTrip(c *wire.Conversation) {
	var called, answered int64
	for i := range c.Events[:min(len(c.Events), 8)] {
		e := &c.Events[i]
		switch {
		case e.Repeat == wire.SentAgain:
			return
		case e.Repeat != wire.Fresh:
		case e.Way == wire.Up && e.Flags.Has(wire.SYN):
			called = e.At
		case e.Way == wire.Down && called > 0 && (e.Flags.Has(wire.SYN) || e.Flags.Has(wire.RST)):
			s.front.add(max(0, e.At-called))
			answered, called = e.At, 0
			if e.Flags.Has(wire.RST) {
				return
			}
		case e.Way == wire.Up && answered > 0 && e.Flags.Has(wire.ACK):
			s.back.add(max(0, e.At-answered))
			return
		}
	}
}

// A tallies counts numbers of a few kinds.
type tallies struct {
	by    map[int]int
	other int
}

// maxTallies is how many kinds are told apart.
const maxTallies = 16

func (t *tallies) add(v int) {
	if t.by == nil {
		t.by = map[int]int{}
	}
	if _, known := t.by[v]; !known && len(t.by) == maxTallies {
		t.other++
		return
	}
	t.by[v]++
}
