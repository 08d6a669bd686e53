package pcap

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"io"
	"iter"
	"slices"
	"testing"

	"rstorm/wire"
)

// orders are the byte orders in which files are made by hand.
var orders = map[string]binary.AppendByteOrder{"little": binary.LittleEndian, "big": binary.BigEndian}

// mark is what every packet made by hand holds, but for its number.
const mark = "E\x00\x00\x28 no. "

// payload is the data of the n-th packet: of a length that needs padding.
func payload(n int) []byte { return append([]byte(mark), byte('0'+n)) }

// classicFile is a pcap of packets a second, a microsecond and its number apart.
func classicFile(o binary.AppendByteOrder, magic uint32, link uint32, packets int) []byte {
	b := o.AppendUint32(nil, magic)
	b = o.AppendUint16(o.AppendUint16(b, 2), 4)
	b = o.AppendUint32(o.AppendUint32(b, 0), 0)
	b = o.AppendUint32(o.AppendUint32(b, 65535), link)
	for n := 1; n <= packets; n++ {
		b = o.AppendUint32(o.AppendUint32(b, uint32(1000+n)), uint32(n))
		b = o.AppendUint32(o.AppendUint32(b, uint32(len(payload(n)))), 60)
		if magic == 0xa1b2cd34 {
			b = append(b, 0, 0, 0, 7, 8, 0, 0, 0)
		}
		b = append(b, payload(n)...)
	}
	return b
}

// A maker makes blocks of pcapng.
type maker struct{ binary.AppendByteOrder }

func (m maker) block(kind uint32, body []byte) []byte {
	body = append(body, make([]byte, padded(len(body))-len(body))...)
	total := uint32(len(body) + 12)
	b := m.AppendUint32(m.AppendUint32(nil, kind), total)
	return m.AppendUint32(append(b, body...), total)
}

func (m maker) option(code uint16, value []byte) []byte {
	b := m.AppendUint16(m.AppendUint16(nil, code), uint16(len(value)))
	return append(append(b, value...), make([]byte, padded(len(value))-len(value))...)
}

func (m maker) section(length uint64, options ...[]byte) []byte {
	b := m.AppendUint32(nil, 0x1a2b3c4d)
	b = m.AppendUint16(m.AppendUint16(b, 1), 0)
	return m.block(kindSection, append(m.AppendUint64(b, length), slices.Concat(options...)...))
}

func (m maker) face(link uint16, snap uint32, options ...[]byte) []byte {
	b := m.AppendUint16(m.AppendUint16(nil, link), 0)
	return m.block(kindInterface, append(m.AppendUint32(b, snap), slices.Concat(options...)...))
}

func (m maker) unit(resolution byte) []byte { return m.option(optionResolution, []byte{resolution}) }

func (m maker) offset(seconds int64) []byte {
	return m.option(optionOffset, m.AppendUint64(nil, uint64(seconds)))
}

func (m maker) stamped(id []byte, stamp uint64, data []byte, options ...[]byte) []byte {
	b := m.AppendUint32(m.AppendUint32(id, uint32(stamp>>32)), uint32(stamp))
	b = m.AppendUint32(m.AppendUint32(b, uint32(len(data))), uint32(max(60, len(data))))
	b = append(b, data...)
	b = append(b, make([]byte, padded(len(data))-len(data))...)
	return append(b, slices.Concat(options...)...)
}

func (m maker) enhanced(id uint32, stamp uint64, data []byte, options ...[]byte) []byte {
	return m.block(kindEnhanced, m.stamped(m.AppendUint32(nil, id), stamp, data, options...))
}

func (m maker) obsolete(id uint16, stamp uint64, data []byte, options ...[]byte) []byte {
	return m.block(kindPacket, m.stamped(m.AppendUint16(m.AppendUint16(nil, id), 3), stamp, data, options...))
}

func (m maker) simple(length uint32, data []byte) []byte {
	return m.block(kindSimple, append(m.AppendUint32(nil, length), data...))
}

func (m maker) statistics(id uint32, options ...[]byte) []byte {
	b := m.AppendUint32(m.AppendUint64(nil, 0), 0)
	copy(b, m.AppendUint32(nil, id))
	return m.block(kindStatistics, append(b, slices.Concat(options...)...))
}

func (m maker) total(code uint16, n uint64) []byte { return m.option(code, m.AppendUint64(nil, n)) }

// unknown is a section's length that was not known when it began.
const unknown = ^uint64(0)

// nextGenFile has packets in all kinds of blocks, on two interfaces, and blocks
// of other kinds between them.
func nextGenFile(o binary.AppendByteOrder) []byte {
	m := maker{o}
	return slices.Concat(
		m.section(unknown, m.option(optionApplication, []byte("by hand")), m.option(optionComment, []byte("whole"))),
		m.face(1, 6, m.option(optionName, []byte("eth0")), m.unit(9)),
		m.face(113, 0, m.option(optionName, []byte("any")), m.unit(3), m.offset(7)),
		m.enhanced(0, 1_000_000_001, payload(1), m.option(optionComment, []byte("first")), m.option(optionComment, []byte("again")), m.option(optionEnd, nil)),
		m.block(4, make([]byte, 4)), // names: none
		m.enhanced(1, 3500, payload(2)),
		m.block(0x7777, bytes.Repeat([]byte("?"), 100)),
		m.obsolete(1, 4000, payload(3), m.option(optionComment, []byte("old"))),
		m.simple(60, payload(4)[:6]),
		m.statistics(1, m.total(optionReceived, 5), m.total(optionDropped, 2), m.total(optionOSDropped, 1)),
	)
}

// sectionsFile has sections of both byte orders, one of them empty.
func sectionsFile() []byte {
	l, b := maker{orders["little"]}, maker{orders["big"]}
	return slices.Concat(
		l.section(unknown), l.face(1, 0), l.face(113, 0), l.enhanced(1, 1, payload(1)),
		b.section(4711), b.face(101, 0, b.unit(9)), b.enhanced(0, 1, payload(2)), b.statistics(0, b.total(optionDropped, 9)),
		l.section(unknown),
		b.section(unknown), b.face(228, 0), b.enhanced(0, 2, payload(3)),
	)
}

func compressed(members ...[]byte) []byte {
	var b bytes.Buffer
	for _, m := range members {
		w := gzip.NewWriter(&b)
		w.Write(m) // to memory
		w.Close()
	}
	return b.Bytes()
}

// all reads a capture: whole packets, and why there are no more. Their data is
// copied.
func all(r io.Reader) (packets []wire.Packet, facts *Facts, err error) {
	read, err := NewReader(r)
	if err != nil {
		return nil, nil, err
	}
	for {
		var p wire.Packet
		if err := read.Next(&p); err != nil {
			return packets, read.Facts(), err
		}
		p.Data = bytes.Clone(p.Data)
		packets = append(packets, p)
	}
}

// whole reads a capture that must be whole.
func whole(t *testing.T, file []byte) ([]wire.Packet, *Facts) {
	t.Helper()
	packets, facts, err := all(bytes.NewReader(file))
	if err != io.EOF {
		t.Fatalf("after %d packets: %v", len(packets), err)
	}
	return packets, facts
}

// variants are small files of all formats, by name.
func variants() iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		for name, o := range orders {
			files := map[string][]byte{
				"micro":    classicFile(o, 0xa1b2c3d4, 1, 3),
				"nano":     classicFile(o, 0xa1b23c4d, 101, 3),
				"modified": classicFile(o, 0xa1b2cd34, 113, 3),
				"pcapng":   nextGenFile(o),
			}
			for kind, file := range files {
				if !yield(kind+" "+name, file) || !yield(kind+" "+name+" gzip", compressed(file)) {
					return
				}
			}
		}
	}
}
