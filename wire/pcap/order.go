package pcap

import "encoding/binary"

// An order is the byte order of the machine that wrote a file. It is no
// binary.ByteOrder, because calls through an interface cannot be inlined.
type order bool

const (
	little order = false
	big    order = true
)

func (o order) uint16(b []byte) uint16 {
	if o == big {
		return binary.BigEndian.Uint16(b)
	}
	return binary.LittleEndian.Uint16(b)
}

func (o order) uint32(b []byte) uint32 {
	if o == big {
		return binary.BigEndian.Uint32(b)
	}
	return binary.LittleEndian.Uint32(b)
}

func (o order) uint64(b []byte) uint64 {
	if o == big {
		return binary.BigEndian.Uint64(b)
	}
	return binary.LittleEndian.Uint64(b)
}
