package pcap

import (
	"bytes"
	"io"
	"slices"
	"testing"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
)

// A second source: pcapgo reads the same files. It does not know modified pcap,
// and its times are off for units that are powers of two.
func TestPcapgoReadsTheSame(t *testing.T) {
	read := 0
	for name, file := range variants() {
		if name[:5] == "modif" {
			continue
		}
		ours, _ := whole(t, file)
		var next func() ([]byte, gopacket.CaptureInfo, error)
		if name[:5] == "pcapn" {
			r, err := pcapgo.NewNgReader(bytes.NewReader(file), pcapgo.NgReaderOptions{WantMixedLinkType: true})
			if err != nil {
				t.Fatal(err)
			}
			next = r.ReadPacketData
		} else {
			r, err := pcapgo.NewReader(bytes.NewReader(file))
			if err != nil {
				t.Fatal(err)
			}
			next = r.ReadPacketData
		}
		for i, p := range ours {
			data, info, err := next()
			if err != nil {
				t.Fatalf("%s: packet %d: %v", name, i+1, err)
			}
			read++
			if !bytes.Equal(data, p.Data) || info.Length != p.Length || info.InterfaceIndex != p.Interface {
				t.Errorf("%s: packet %d: %+v, we read %+v", name, i+1, info, p)
			}
			if p.At != 0 && p.At != info.Timestamp.UnixNano() {
				t.Errorf("%s: packet %d: at %d, we read %d", name, i+1, info.Timestamp.UnixNano(), p.At)
			}
			if len(info.AncillaryData) > 0 && uint16(info.AncillaryData[0].(layers.LinkType)) != uint16(p.Link) {
				t.Errorf("%s: packet %d: link type %v, we read %d", name, i+1, info.AncillaryData, p.Link)
			}
		}
		if _, _, err := next(); err != io.EOF {
			t.Errorf("%s: at the end: %v", name, err)
		}
	}
	if read != 2*2*2*3+2*2*4 {
		t.Errorf("%d packets compared", read)
	}
}

// What our reader is there for: if pcapgo should learn it, ours is needed less.
func TestWhatPcapgoDoesNotDo(t *testing.T) {
	m := maker{orders["little"]}
	first := func(file []byte) (gopacket.CaptureInfo, error) {
		r, err := pcapgo.NewNgReader(bytes.NewReader(file), pcapgo.DefaultNgReaderOptions)
		if err != nil {
			return gopacket.CaptureInfo{}, err
		}
		_, info, err := r.ReadPacketData()
		return info, err
	}
	stamp := uint64(5<<20 | 999_999)
	file := slices.Concat(m.section(unknown), m.face(1, 0, m.unit(0x80|20)), m.enhanced(0, stamp, payload(1)))
	ours, _ := whole(t, file)
	if info, err := first(file); err != nil || info.Timestamp.UnixNano() == ours[0].At {
		t.Errorf("a unit of 2^-20 seconds is right: %v, %v", info.Timestamp, err)
	}
	torn := slices.Concat(m.section(unknown), m.face(1, 0), m.enhanced(0, 1, payload(1)))
	torn[len(torn)-4]++
	if _, err := first(torn); err != nil {
		t.Errorf("a trailing length that differs is seen: %v", err)
	}
	if _, _, err := all(bytes.NewReader(torn)); err == io.EOF {
		t.Error("we do not see a trailing length that differs")
	}
}
