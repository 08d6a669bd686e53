package pcap

import (
	"errors"
	"fmt"
	"math"

	"rstorm/wire"
)

// describe adds an interface.
func (n *nextGen) describe(b block) error {
	if len(b.body) < 8 {
		return damage(b.at, "an interface description of %d bytes", len(b.body)+12)
	}
	if len(n.facts.Interfaces) == maxInterfaces {
		return damage(b.at, "more than %d interfaces", maxInterfaces)
	}
	i := Interface{
		Section: n.facts.Sections,
		Link:    wire.LinkType(n.order.uint16(b.body)),
		Snap:    bounded(n.order.uint32(b.body[4:])),
		clock:   microseconds,
	}
	var odd error
	err := n.each(b.body[8:], func(code uint16, value []byte) {
		switch {
		case code == optionName:
			i.Name = text(value)
		case code == optionResolution && len(value) == 1:
			i.clock.resolution(value[0])
		case code == optionOffset && len(value) == 8:
			i.clock.move(int64(n.order.uint64(value)))
		case code == optionResolution || code == optionOffset:
			odd = fmt.Errorf("option %d has %d bytes", code, len(value))
		}
	})
	if err := errors.Join(err, odd); err != nil {
		return damage(b.at, "an interface description: %w", err)
	}
	n.facts.Interfaces = append(n.facts.Interfaces, i)
	return nil
}

// count takes note of an interface's statistics. They are totals: the last ones
// hold.
func (n *nextGen) count(b block) error {
	if len(b.body) < 12 {
		return damage(b.at, "interface statistics of %d bytes", len(b.body)+12)
	}
	i, err := n.of(b.at, n.order.uint32(b.body))
	if err != nil {
		return err
	}
	face := &n.facts.Interfaces[i]
	face.Counted, face.Received, face.Dropped = false, 0, 0
	err = n.each(b.body[12:], func(code uint16, value []byte) {
		if len(value) != 8 || n.order.uint64(value) == math.MaxUint64 { // all ones: not known
			return
		}
		switch code {
		case optionReceived:
			face.Received = n.order.uint64(value)
		case optionDropped, optionOSDropped:
			face.Dropped += n.order.uint64(value)
			face.Counted = true
		}
	})
	if err != nil {
		return damage(b.at, "interface statistics: %w", err)
	}
	return nil
}

// of is where the section's interface id stands in facts.
func (n *nextGen) of(at int64, id uint32) (int, error) {
	if known := len(n.facts.Interfaces) - n.first; uint64(id) >= uint64(known) {
		return 0, damage(at, "interface %d of a section that has described %d", id, known)
	}
	return n.first + int(id), nil
}
