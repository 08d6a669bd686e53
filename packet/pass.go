package packet

import (
	"fmt"
	"time"

	"rstorm/faults"
)

// A passage is a packet on its way through the middlebox and what the faults
// have made of it so far.
type passage struct {
	segment
	*parcel
	room [4]faults.Segment // in which its kinds are listed
	flow *flow
	own  *way // its direction
	back *way // that of the answers

	now       time.Duration
	record    int           // of the fault that strikes, in the log; -1 if it is full
	wait      time.Duration // how long it is held
	lost      bool          // it does not go on
	displaced time.Duration // above 0: it goes on after the next one, or then if none comes
}

// read takes packets in until the device is closed.
func (m *Middlebox) read() {
	p := new(parcel)
	for {
		n, err := m.tun.Read(p.buffer[:])
		m.mu.Lock()
		if err != nil {
			m.fail(fmt.Errorf("reading a packet: %w", err))
			m.mu.Unlock()
			return
		}
		p.length = n
		m.take(p)
		p = m.fresh()
		m.mu.Unlock()
	}
}

// take lets the faults have p and sends on what is left of it.
func (m *Middlebox) take(p *parcel) {
	if !ipv4(p.bytes()) {
		m.done(p)
		return
	}
	swap(p.bytes())
	s, ok := parse(p.bytes())
	if !ok { // ICMP and UDP pass
		m.emit(p)
		return
	}
	m.log.counts.Packets++
	f, own, back := m.flows.find(s)
	if f == nil {
		m.emit(p)
		return
	}
	own.begin(s)
	back.acknowledged(s)
	p.way = own
	on := &m.passing
	*on = passage{segment: s, parcel: p, flow: f, own: own, back: back, now: m.since()}
	m.suffer(on)
	if on.lost {
		m.done(p)
		return
	}
	m.forward(on)
}

// suffer lets every fault that strikes the packet act on it, in the order of
// their list, until it is lost.
func (m *Middlebox) suffer(on *passage) {
	if !m.plan.Has(faults.Packet) {
		return
	}
	e := faults.Event{Connection: on.flow.number, At: on.now, Stream: on.own.stream, Segments: on.kinds(on.room[:0])}
	e.Packet = on.own.number(e.Segments[0] == faults.Ack)
	for _, s := range m.plan.At(faults.Packet, e) {
		m.log.add(on, e.Segments, s)
		effects[s.Effect](m, on, s)
		if on.lost {
			return
		}
	}
}

// forward sends the packet on: now, or when it is due. Within a direction of a
// connection packets keep their order, but for one that was displaced: the
// next one overtakes it.
func (m *Middlebox) forward(on *passage) {
	w := on.own
	w.due = max(w.due, on.now+on.wait)
	on.due = w.due
	if on.displaced > 0 && w.displaced == nil {
		on.due += on.displaced
		w.displaced = on.parcel
		m.enqueue(on.parcel)
		return
	}
	overtaken := w.displaced
	if overtaken != nil {
		m.queue.remove(overtaken)
		w.displaced, overtaken.due = nil, w.due
	}
	for _, p := range []*parcel{on.parcel, overtaken} {
		switch {
		case p == nil:
		case p.due <= on.now && w.waiting == 0:
			m.emit(p)
		default:
			p.ordered = true
			w.waiting++
			m.enqueue(p)
		}
	}
}
