package pcap

import (
	"io"
	"strconv"
	"testing"

	"rstorm/wire"
)

// BenchmarkNext reads a gigabyte, or as much as there is time for, that is made
// as it is read: what the copy into the window costs is part of it.
func BenchmarkNext(b *testing.B) {
	const amount = 1 << 30
	o := orders["little"]
	m := maker{o}
	for _, size := range []int{100, 1400} {
		data := make([]byte, size)
		record := o.AppendUint32(o.AppendUint64(nil, 0), uint32(size))
		record = append(o.AppendUint32(record, uint32(size)), data...)
		block := m.enhanced(0, 1, data)
		for format, file := range map[string]struct{ start, record []byte }{
			"pcap":   {classicFile(o, 0xa1b23c4d, 1, 0), record},
			"pcapng": {append(m.section(unknown), m.face(1, 0, m.unit(9))...), block},
		} {
			b.Run(format+"/"+strconv.Itoa(size), func(b *testing.B) {
				packets, bytes := 0, int64(0)
				var p wire.Packet
				var many []byte
				for len(many) < 64<<10 {
					many = append(many, file.record...)
				}
				b.ReportAllocs()
				for b.Loop() {
					r, err := NewReader(endless(file.start, many, amount/len(many)))
					for err == nil {
						err = r.Next(&p)
						if err == nil {
							packets++
							bytes += int64(len(p.Data))
						}
					}
					if err != io.EOF {
						b.Fatal(err)
					}
				}
				b.SetBytes(amount)
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(packets), "ns/packet")
				if want := int64(packets) * int64(size); bytes != want {
					b.Errorf("read %d bytes of %d", bytes, want)
				}
			})
		}
	}
}
