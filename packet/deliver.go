package packet

import (
	"container/heap"
	"fmt"
)

// enqueue keeps p until it is due. The caller holds the lock.
func (m *Middlebox) enqueue(p *parcel) {
	if len(m.queue) >= capacity {
		m.log.counts.Overflowed++
		m.leave(p)
		m.done(p)
		return
	}
	m.orders++
	p.order = m.orders
	heap.Push(&m.queue, p)
	if p.index == 0 {
		m.arm()
	}
}

// leave takes p out of the reckoning of its way.
func (m *Middlebox) leave(p *parcel) {
	if p.ordered {
		p.way.waiting--
	}
	if p.way != nil && p.way.displaced == p {
		p.way.displaced = nil
	}
}

// arm sets the timer to what is due next.
func (m *Middlebox) arm() {
	if len(m.queue) > 0 {
		if err := m.timer.Set(m.queue[0].due - m.since()); err != nil {
			m.fail(fmt.Errorf("setting the timer: %w", err))
		}
	}
}

// deliver sends on what is due, until the timer is closed.
func (m *Middlebox) deliver() {
	for {
		err := m.timer.Wait()
		m.mu.Lock()
		if err != nil {
			m.fail(fmt.Errorf("waiting for the timer: %w", err))
			m.mu.Unlock()
			return
		}
		for now := m.since(); len(m.queue) > 0 && m.queue[0].due <= now; {
			p := heap.Pop(&m.queue).(*parcel)
			m.leave(p)
			m.emit(p)
		}
		m.arm()
		m.mu.Unlock()
	}
}

// emit lets p arrive, and what follows it.
func (m *Middlebox) emit(p *parcel) {
	if p.forgery == nil || m.forge(p) {
		m.write(p)
	}
	for _, next := range p.behind {
		m.follow(next)
	}
	m.done(p)
}

// write puts p into the device.
func (m *Middlebox) write(p *parcel) {
	if _, err := m.tun.Write(p.bytes()); err != nil {
		if !m.closed {
			m.log.counts.Unsent++
		}
		m.fail(fmt.Errorf("passing a packet on: %w", err))
		return
	}
	if s, ok := parse(p.bytes()); ok && p.way != nil && !p.spoilt {
		p.way.arrived(s)
	}
}

// follow lets p arrive after its delay, out of any order.
func (m *Middlebox) follow(p *parcel) {
	if p.delay == 0 {
		m.emit(p)
		return
	}
	p.due = m.since() + p.delay
	m.enqueue(p)
}

// fresh is an empty parcel.
func (m *Middlebox) fresh() *parcel {
	last := len(m.spare) - 1
	if last < 0 {
		return new(parcel)
	}
	p := m.spare[last]
	m.spare = m.spare[:last]
	return p
}

// done keeps p to be used again.
func (m *Middlebox) done(p *parcel) {
	p.errand = errand{}
	m.spare = append(m.spare, p)
}
