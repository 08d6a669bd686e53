package pcap

import "rstorm/wire"

// enhanced reads an Enhanced Packet Block.
func (n *nextGen) enhanced(b block, p *wire.Packet) error {
	if len(b.body) < 20 {
		return damage(b.at, "an enhanced packet block of %d bytes", len(b.body)+12)
	}
	return n.stamped(b, n.order.uint32(b.body), p)
}

// obsolete reads a Packet Block, which tells of dropped packets where its
// successor has the upper half of the interface's number.
func (n *nextGen) obsolete(b block, p *wire.Packet) error {
	if len(b.body) < 20 {
		return damage(b.at, "a packet block of %d bytes", len(b.body)+12)
	}
	return n.stamped(b, uint32(n.order.uint16(b.body)), p)
}

// stamped reads the packet of a block that has its time.
func (n *nextGen) stamped(b block, id uint32, p *wire.Packet) error {
	i, err := n.of(b.at, id)
	if err != nil {
		return err
	}
	captured, length := n.order.uint32(b.body[12:]), n.order.uint32(b.body[16:])
	if err := contradiction(b.at, captured, length); err != nil {
		return err
	}
	data := b.body[20:]
	if int(captured) > len(data) {
		return damage(b.at, "a packet of %d captured bytes in a block with room for %d", captured, len(data))
	}
	face := &n.facts.Interfaces[i]
	p.At = face.clock.at(uint64(n.order.uint32(b.body[4:]))<<32 | uint64(n.order.uint32(b.body[8:])))
	p.Link, p.Interface, p.Length = face.Link, i, int(length)
	p.Data = data[:captured:captured]
	n.options = data[padded(int(captured)):]
	return nil
}

// simple reads a Simple Packet Block: of the section's first interface, without
// time, and as long as that interface's snap length allows.
func (n *nextGen) simple(b block, p *wire.Packet) error {
	if len(b.body) < 4 {
		return damage(b.at, "a simple packet block of %d bytes", len(b.body)+12)
	}
	i, err := n.of(b.at, 0)
	if err != nil {
		return err
	}
	face := &n.facts.Interfaces[i]
	length := n.order.uint32(b.body)
	captured := length
	if face.Snap > 0 {
		captured = min(captured, uint32(face.Snap))
	}
	if err := contradiction(b.at, captured, length); err != nil {
		return err
	}
	data := b.body[4:]
	if int(captured) > len(data) {
		return damage(b.at, "a packet of %d captured bytes in a block with room for %d", captured, len(data))
	}
	p.At, p.Link, p.Interface, p.Length = 0, face.Link, i, int(length)
	p.Data = data[:captured:captured]
	n.options = nil
	return nil
}
