package wire

import (
	"encoding/binary"
	"net/netip"
)

// A key is two ends of a connection in an order that does not depend on who
// sends. It has neither pointers nor padding: the table's map is hashed in one
// piece and not scanned.
type key struct {
	low, high [2]uint64
	ports     uint32 // of low, then of high
	version   uint32 // of IP
}

// keyOf is the key of a segment; swapped says that its source is the higher end.
func keyOf(s *Segment) (k key, swapped bool) {
	a, b := halves(s.Source.Addr()), halves(s.Target.Addr())
	p, q := s.Source.Port(), s.Target.Port()
	swapped = a[0] > b[0] || a[0] == b[0] && (a[1] > b[1] || a[1] == b[1] && p > q)
	if swapped {
		a, b, p, q = b, a, q, p
	}
	k = key{low: a, high: b, ports: uint32(p)<<16 | uint32(q), version: 6}
	if s.Source.Addr().Is4() {
		k.version = 4
	}
	return k, swapped
}

// place is where a flow is looked for before the map, among those that were
// heard of lately.
func (k *key) place() uint64 {
	return mix(k.low[1]^k.high[1], uint64(k.ports)) >> 32 % lately
}

// lately is how many flows are remembered as heard of lately.
const lately = 512

func halves(a netip.Addr) [2]uint64 {
	if a.Is4() {
		b := a.As4()
		return [2]uint64{0, uint64(binary.BigEndian.Uint32(b[:]))}
	}
	b := a.As16()
	return [2]uint64{binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])}
}
