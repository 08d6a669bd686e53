package wire_test

import (
	"encoding/binary"
	"testing"

	"rstorm/wire"
	"rstorm/wire/wiretest"
)

// links are the link types that fuzzing chooses from.
var links = []wire.LinkType{wire.LinkRaw, wire.LinkEthernet, wire.LinkCooked, wire.LinkCooked2, wire.LinkNull, wire.LinkLoop, wire.LinkIPv4, wire.LinkIPv6, 147}

// seeds are single packets: those of tapes, behind each link's header.
func seeds() (all []wire.Packet) {
	for _, tape := range []*wiretest.Tape{wiretest.Golden(), storm(7, 60)} {
		for _, p := range tape.Packets {
			ether, version := uint16(0x0800), byte(2)
			if p.Data[0]>>4 == 6 {
				ether, version = 0x86dd, 30
			}
			all = append(all, p, *packetOf(wire.LinkEthernet, mac(byte(ether>>8), byte(ether)), p.Data), *packetOf(wire.LinkCooked, sll(4, ether), p.Data),
				*packetOf(wire.LinkCooked2, sll2(0, ether), p.Data), *packetOf(wire.LinkNull, []byte{version, 0, 0, 0}, p.Data))
		}
	}
	v6 := one(true, "hello")
	return append(all, *packetOf(wire.LinkRaw, extended(v6, []byte{0, 0, 0, 0, 0, 0, 0, 0}, []byte{44, 0, 0, 1, 0, 0, 0, 7})))
}

func FuzzDecode(f *testing.F) {
	for _, p := range seeds() {
		f.Add(uint16(p.Link), p.Length, p.Data)
	}
	f.Fuzz(func(t *testing.T, link uint16, length int, data []byte) {
		var s wire.Segment
		p := wire.Packet{Link: wire.LinkType(link), Length: length, Data: data}
		if wire.Decode(&p, &s) != wire.IsTCP {
			return
		}
		if s.Length < 0 || len(s.Payload) > s.Length || !s.Source.IsValid() || !s.Target.IsValid() {
			t.Errorf("%+v", s)
		}
	})
}

// A fuzzed capture is packets in a row, each behind the number of its link type,
// how much earlier or later it is than the one before, how much longer it was on
// the wire, and its length.
func packets(b []byte) *wiretest.Tape {
	tape := wiretest.New()
	at := tape.Now.UnixNano()
	for len(b) >= 5 {
		n := min(int(binary.BigEndian.Uint16(b[3:])), len(b)-5)
		at += int64(int8(b[1])) * 10_000_000
		tape.Packets = append(tape.Packets, wire.Packet{Number: len(tape.Packets) + 1, At: at, Link: links[int(b[0])%len(links)], Length: n + int(b[2]), Data: b[5 : 5+n]})
		b = b[5+n:]
	}
	return tape
}

// written is what packets reads.
func written(tape *wiretest.Tape) (b []byte) {
	for _, p := range tape.Packets {
		b = append(b, 0, 1, byte(p.Length-len(p.Data)))
		b = append(binary.BigEndian.AppendUint16(b, uint16(len(p.Data))), p.Data...)
	}
	return b
}

// captures are whole captures for fuzzing to start from.
func captures() (all [][]byte) {
	for _, tape := range []*wiretest.Tape{
		wiretest.Golden(), storm(3, 40), storm(4, 40), spoil(storm(5, 60), 5), three(), swapped(three(), 5), snapped(three(), 80),
		dialogue(">"+hello(1, 200), "<"+agreed(true)+record(23, "abc"), ">"+record(23, "last")),
		dialogue(">PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"+frame(4, 18), "<"+frame(4, 0)+frame(7, 8)),
		dialogue(">GET / HTTP/1.1\r\n\r\n", "<HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "<3\r\nabc\r\n0\r\n\r\n"),
	} {
		all = append(all, written(tape))
	}
	return all
}

func FuzzTable(f *testing.F) {
	for _, b := range captures() {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		conserved(t, packets(b), wire.Config{Memory: 32 << 10, Events: 6})
	})
}

func TestSeedsReachTCP(t *testing.T) {
	for i, p := range seeds() {
		var s wire.Segment
		if kind := wire.Decode(&p, &s); kind != wire.IsTCP {
			t.Errorf("seed %d of FuzzDecode: kind %d", i, kind)
		}
	}
	exchanges, protocols := 0, map[wire.Protocol]bool{}
	for i, b := range captures() {
		all, counts := told(t, packets(b), wire.Config{})
		if counts.TCP == 0 {
			t.Errorf("seed %d of FuzzTable: %+v", i, counts)
		}
		for _, c := range all {
			exchanges += c.Exchanged
			protocols[c.Protocol] = true
		}
	}
	if len(seeds()) == 0 || exchanges == 0 || !protocols[wire.TLS] || !protocols[wire.HTTP] || !protocols[wire.HTTP2] {
		t.Errorf("%d exchanges, protocols %v", exchanges, protocols)
	}
}
