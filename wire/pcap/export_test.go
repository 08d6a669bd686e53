package pcap

import (
	"encoding/binary"
	"iter"
	"slices"
)

// Variants are small files of all formats, for the tests outside.
func Variants() iter.Seq2[string, []byte] { return variants() }

// Numbered is a pcapng file with blocks that are no packets, and that some
// readers count as ones.
func Numbered() []byte {
	m := maker{binary.LittleEndian}
	return slices.Concat(
		m.section(unknown), m.face(101, 0), m.enhanced(0, 1, payload(1)),
		m.block(kindCustom, m.AppendUint32(nil, 4711)), m.enhanced(0, 2, payload(2)),
		m.block(kindCustomOwn, m.AppendUint32(nil, 4712)),
		m.block(kindJournal, []byte("__CURSOR=1\n__REALTIME_TIMESTAMP=17000000000\n")), m.block(0x7777, nil),
		m.enhanced(0, 3, payload(3)),
	)
}
