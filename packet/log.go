package packet

import (
	"maps"
	"slices"
	"time"

	"rstorm/faults"
)

// A Record is what one fault did to one packet. Sequence and acknowledgement
// numbers count from the initial one of whoever counts by them, as captures
// show them: a SYN has 0. As long as that one has not passed they are as on
// the wire.
type Record struct {
	At         time.Duration    // since the epoch: the packet came
	Connection int              // by its number, from 1, in the order of first SYNs
	Client     uint16           // the client's port
	Stream     faults.Stream    // the packet's direction
	Segments   []faults.Segment // what it is
	Seq, Ack   uint32
	Length     int // of the payload, in bytes

	Effect faults.Effect
	Fault  int           // its index in Config.Faults
	Wait   time.Duration // its delay, drawn; for what, the effect says

	RST *RST // what reject or inject sent; nil if nothing was, or not yet
}

// An RST is a forged segment.
type RST struct {
	At       time.Duration // since the epoch
	Stream   faults.Stream // the way it went
	Seq, Ack uint32        // as in Record
	ACK      bool          // whether it has that flag: without, Ack is 0 and means nothing
	TTL      uint8         // unlike that of the packet it followed
}

// Counts is what passed in all.
type Counts struct {
	Packets     int                   // TCP segments that came
	Connections int                   // whose SYN was seen
	Struck      map[faults.Effect]int // faults carried out
	Overflowed  int                   // packets lost unasked: too many were held
	Unsent      int                   // packets lost unasked: the system did not take them
}

// kept is how many records a log holds. What comes later is only counted: a
// flood must not fill the memory.
const kept = 1 << 16

type log struct {
	counts  Counts
	records []Record
}

// add notes that s strikes a packet.
func (l *log) add(on *passage, kinds []faults.Segment, s faults.Strike) {
	if l.counts.Struck == nil {
		l.counts.Struck = map[faults.Effect]int{}
	}
	l.counts.Struck[s.Effect]++
	if on.record = -1; len(l.records) == kept {
		return
	}
	on.record = len(l.records)
	r := Record{At: on.now, Connection: on.flow.number, Client: on.flow.client, Stream: on.own.stream,
		Segments: slices.Clone(kinds), Seq: on.seq() - on.own.first, Length: len(on.payload),
		Effect: s.Effect, Fault: s.Index, Wait: s.Wait}
	if on.has(flagACK) {
		r.Ack = on.ack() - on.back.first
	}
	l.records = append(l.records, r)
}

// forged notes the RST that a struck packet led to.
func (l *log) forged(record int, r RST) {
	if record >= 0 {
		l.records[record].RST = &r
	}
}

// Log returns what was done to which packet, in the order they came: the first
// 65 536 records; [Counts] knows of all. The copy is the caller's, but for the
// slices in it.
func (m *Middlebox) Log() []Record {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.log.records)
}

// Counts returns what has passed so far.
func (m *Middlebox) Counts() Counts {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.log.counts
	c.Connections, c.Struck = m.flows.count, maps.Clone(c.Struck)
	return c
}
