package pcap

// section begins a section: interfaces are numbered anew.
func (n *nextGen) section(b block) error {
	if len(b.body) < 16 {
		return damage(b.at, "a section header of %d bytes", len(b.body)+12)
	}
	major, minor := n.order.uint16(b.body[4:]), n.order.uint16(b.body[6:])
	if major != 1 || minor != 0 && minor != 2 { // 1.2 is the same as 1.0: draft-ietf-opsawg-pcapng section 4.1
		return damage(b.at, "version %d.%d of pcapng is not known, only 1.0", major, minor)
	}
	n.first = len(n.facts.Interfaces)
	n.facts.Sections++
	n.facts.Application = ""
	err := n.each(b.body[16:], func(code uint16, value []byte) {
		switch code {
		case optionApplication:
			n.facts.Application = text(value)
		case optionComment:
			n.facts.Comment = text(value)
		}
	})
	if err != nil {
		return damage(b.at, "a section header: %w", err)
	}
	return nil
}
