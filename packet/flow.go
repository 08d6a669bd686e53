package packet

import (
	"time"

	"rstorm/faults"
)

// flows are the connections seen. There are no more than pairs of ports in
// use.
type flows struct {
	byPorts map[ports]*flow
	count   int
}

// ports tell a connection from the others; both sides have the same addresses.
type ports struct{ client, server uint16 }

// A flow is one connection.
type flow struct {
	ports
	number   int
	up, down way
}

// A way is one direction of a flow.
type way struct {
	stream    faults.Stream
	first     uint32 // the sender's initial sequence number, if it is known
	known     bool
	expected  uint32        // the sequence number that the receiver expects next, as far as it can be told
	acks      int           // pure acknowledgements seen
	others    int           // other packets seen
	due       time.Duration // when the last packet goes on
	waiting   int           // packets in the queue that keep their order
	displaced *parcel       // waits to be overtaken
}

// find returns the flow of s and the two ways from the view of s: its own and
// that of the answers. It is nil if the connection's SYN has not been seen.
// Who sends the first SYN is the client.
func (f *flows) find(s segment) (fl *flow, own, back *way) {
	from := ports{s.source(), s.destination()}
	fl = f.byPorts[from]
	if s.has(flagSYN) && !s.has(flagACK) {
		if fl == nil || !fl.up.known || fl.up.first != s.seq() { // else it is sent again
			f.count++
			fl = &flow{ports: from, number: f.count, up: way{stream: faults.Upstream}, down: way{stream: faults.Downstream}}
			f.byPorts[from] = fl
		}
	}
	if fl != nil {
		return fl, &fl.up, &fl.down
	}
	if fl = f.byPorts[ports{from.server, from.client}]; fl != nil {
		return fl, &fl.down, &fl.up
	}
	return nil, nil, nil
}

// number counts a packet that goes this way and returns its number; pure
// acknowledgements are counted for themselves.
func (w *way) number(pureAck bool) int {
	if pureAck {
		w.acks++
		return w.acks
	}
	w.others++
	return w.others
}

// begin notes the initial sequence number, which a SYN tells.
func (w *way) begin(s segment) {
	if s.has(flagSYN) && (!w.known || w.first != s.seq()) {
		w.first, w.expected, w.known = s.seq(), s.seq(), true
	}
}

// arrived moves what the receiver expects on, now that s is there. What lies
// behind a gap does not move it.
func (w *way) arrived(s segment) {
	if w.known && !after(s.seq(), w.expected) && after(s.end(), w.expected) {
		w.expected = s.end()
	}
}

// acknowledged moves it on as the receiver itself says.
func (w *way) acknowledged(s segment) {
	if w.known && s.has(flagACK) && after(s.ack(), w.expected) {
		w.expected = s.ack()
	}
}
