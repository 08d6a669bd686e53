package pcap

import (
	"io"
	"math"

	"rstorm/wire"
)

// Lengths of a pcap file's header, and of what precedes each packet.
const (
	fileHeader     = 24
	packetHeader   = 16
	modifiedHeader = 24 // with number and protocol of the interface
)

// A classic reads pcap.
type classic struct {
	*source
	order    order
	unit     int64 // nanoseconds in a unit of the sub-second part
	modified bool
	header   int // bytes before each packet
	link     wire.LinkType
}

// open reads the header of the file.
func (c classic) open(s *source, facts *Facts) (format, error) {
	head, err := s.peek(fileHeader)
	if err != nil {
		return nil, torn(0, int64(len(head)), "the file header", err)
	}
	c.source, c.header = s, packetHeader
	facts.Format, facts.Sections = Classic, 1
	if c.modified {
		facts.Format, c.header = Modified, modifiedHeader
	}
	if major, minor := c.order.uint16(head[4:]), c.order.uint16(head[6:]); major != 2 || minor != 4 {
		return nil, damage(4, "version %d.%d of pcap is not known, only 2.4", major, minor)
	}
	link := c.order.uint32(head[20:])
	if reserved := link & 0x03ff0000; reserved != 0 {
		return nil, damage(20, "the link type has reserved bits set: 0x%08x", link)
	}
	c.link = wire.LinkType(link) // above it stands the length of frame check sequences
	snap := c.order.uint32(head[16:])
	facts.Interfaces = []Interface{{Section: 1, Link: c.link, Snap: bounded(snap)}}
	s.take(fileHeader)
	return &c, nil
}

func (c *classic) next(p *wire.Packet) (int, error) {
	at := c.offset()
	head, err := c.peek(c.header)
	if err != nil {
		if len(head) == 0 && err == io.EOF {
			return 0, err
		}
		return 0, torn(at, int64(len(head)), "a packet header", err)
	}
	captured, length := c.order.uint32(head[8:]), c.order.uint32(head[12:])
	if err := contradiction(at, captured, length); err != nil {
		return 0, err
	}
	size := c.header + int(captured)
	record, err := c.peek(size)
	if err != nil {
		return 0, torn(at, int64(len(record)), "a packet", err)
	}
	c.take(size)
	p.At = int64(c.order.uint32(record))*1e9 + int64(c.order.uint32(record[4:]))*c.unit
	p.Link, p.Interface, p.Length = c.link, 0, int(length)
	p.Data = record[c.header:size:size]
	return 0, nil
}

func (c *classic) comments() []string { return nil }

// contradiction says what is wrong with the lengths of the packet whose record
// is at offset, or nothing.
func contradiction(offset int64, captured, length uint32) error {
	switch {
	case captured > MaxPacket:
		return damage(offset, "a packet of %d captured bytes, more than the %d that a capture can hold", captured, MaxPacket)
	case length > math.MaxInt32:
		return damage(offset, "a packet of %d bytes on the wire", length)
	case captured > length:
		return damage(offset, "%d bytes were captured of a packet of %d", captured, length)
	}
	return nil
}

// bounded is a snap length as an int.
func bounded(snap uint32) int { return int(min(snap, math.MaxInt32)) }
