package pcap

import (
	"io"
	"slices"

	"rstorm/wire"
)

// sectionMagic begins a pcapng file. It is the same in both byte orders.
const sectionMagic = "\x0a\x0d\x0d\x0a"

// Kinds of blocks.
const (
	kindInterface  = 1
	kindPacket     = 2 // obsolete
	kindSimple     = 3
	kindJournal    = 9
	kindStatistics = 5
	kindEnhanced   = 6
	kindCustom     = 0x00000bad
	kindCustomOwn  = 0x40000bad // not to be copied
	kindSection    = 0x0a0d0d0a
)

// understood are the kinds that are looked into; such a block has at most a
// window of bytes. Blocks of all others are passed over.
var understood = []uint32{kindEnhanced, kindSimple, kindPacket, kindInterface, kindStatistics, kindSection}

// framed are the kinds that hold no packet and yet get a number in Wireshark.
var framed = []uint32{kindCustom, kindCustomOwn, kindJournal}

// maxSkipped is how many bytes a block may claim that is passed over. It is no
// matter of memory: a damaged length should be told of at once, and not after
// the gigabytes that it claims.
const maxSkipped = 128 << 20

// A nextGen reads pcapng.
type nextGen struct {
	*source
	order   order
	facts   *Facts
	first   int    // of facts.Interfaces, of the section
	options []byte // of the last packet
}

// A block is a block of a kind that is understood.
type block struct {
	at   int64 // offset
	kind uint32
	body []byte // between the leading and the trailing length
}

// openNextGen reads the header of the first section.
func openNextGen(s *source, facts *Facts) (format, error) {
	facts.Format = NextGen
	n := &nextGen{source: s, facts: facts}
	b, err := n.block()
	if err != nil {
		return nil, err
	}
	return n, n.section(b)
}

func (n *nextGen) next(p *wire.Packet) (others int, err error) {
	for {
		b, err := n.block()
		if err != nil {
			return others, err
		}
		switch b.kind {
		case kindEnhanced:
			return others, n.enhanced(b, p)
		case kindPacket:
			return others, n.obsolete(b, p)
		case kindSimple:
			return others, n.simple(b, p)
		case kindInterface:
			err = n.describe(b)
		case kindStatistics:
			err = n.count(b)
		case kindSection:
			err = n.section(b)
		default:
			if slices.Contains(framed, b.kind) {
				others++
			}
		}
		if err != nil {
			return others, err
		}
	}
}

// block reads the next block and moves on behind it. Of a kind that is not
// understood it has no body.
func (n *nextGen) block() (b block, err error) {
	b.at = n.offset()
	head, err := n.peek(8)
	if err != nil {
		if err == io.EOF {
			return b, err
		}
		return b, torn(b.at, int64(len(head)), "the head of a block", err)
	}
	if string(head[:4]) == sectionMagic {
		if head, err = n.orient(b.at); err != nil {
			return b, err
		}
	}
	b.kind = n.order.uint32(head)
	total := n.order.uint32(head[4:])
	if total < 12 || total%4 != 0 {
		return b, damage(b.at, "a block of kind 0x%08x claims %d bytes, which is less than 12 or no multiple of 4", b.kind, total)
	}
	seen := slices.Contains(understood, b.kind)
	most := uint32(maxSkipped)
	if seen {
		most = window
	}
	if total > most {
		return b, damage(b.at, "a block of kind 0x%08x claims %d bytes, more than the %d that one may have", b.kind, total, most)
	}
	if !seen {
		return b, n.pass(b, total)
	}
	whole, err := n.peek(int(total))
	if err != nil {
		return b, torn(b.at, int64(len(whole)), "a block", err)
	}
	n.take(int(total))
	b.body = whole[8 : total-4]
	return b, n.trailing(b, total, whole[total-4:])
}

// orient learns the byte order of the section whose header is at offset, and
// returns how that begins.
func (n *nextGen) orient(at int64) ([]byte, error) {
	head, err := n.peek(12)
	if err != nil {
		return nil, torn(at, int64(len(head)), "a section header", err)
	}
	switch string(head[8:]) {
	case "\x4d\x3c\x2b\x1a":
		n.order = little
	case "\x1a\x2b\x3c\x4d":
		n.order = big
	default:
		return nil, damage(at, "the section header's byte order mark is % x", head[8:])
	}
	return head, nil
}

// pass moves on behind a block without holding it in memory.
func (n *nextGen) pass(b block, total uint32) error {
	err := n.skip(int64(total) - 4)
	if err != nil {
		return torn(b.at, n.offset()-b.at, "a block", err)
	}
	tail, err := n.peek(4)
	if err != nil {
		return torn(b.at, n.offset()-b.at+int64(len(tail)), "a block", err)
	}
	n.take(4)
	return n.trailing(b, total, tail)
}

// trailing checks the length that is repeated at the end of b.
func (n *nextGen) trailing(b block, total uint32, tail []byte) error {
	if again := n.order.uint32(tail); again != total {
		return damage(b.at, "a block of kind 0x%08x claims %d bytes at its beginning and %d at its end", b.kind, total, again)
	}
	return nil
}

func (n *nextGen) comments() (comments []string) {
	_ = n.each(n.options, func(code uint16, value []byte) { // those before the damage, if there is any
		if code == optionComment {
			comments = append(comments, string(value))
		}
	})
	return comments
}
