package wire_test

import (
	"encoding/binary"
	"testing"

	"rstorm/wire"
	"rstorm/wire/wiretest"
)

// inked writes packets as a row of bytes that a fuzzer can change: for each its
// length, how many tenths of a millisecond it comes after the one before, and
// its data.
func inked(packets []wire.Packet) []byte {
	var b []byte
	for i, p := range packets {
		gap := int64(0)
		if i > 0 {
			gap = (p.At - packets[i-1].At) / 1e5
		}
		b = binary.BigEndian.AppendUint16(b, uint16(len(p.Data)))
		b = binary.BigEndian.AppendUint16(b, uint16(gap))
		b = append(b, p.Data...)
	}
	return b
}

// read makes packets of what inked wrote, as far as that goes.
func read(b []byte) []wire.Packet {
	var packets []wire.Packet
	at := int64(1e9)
	for len(b) >= 4 {
		n := min(int(binary.BigEndian.Uint16(b)), len(b)-4)
		at += int64(binary.BigEndian.Uint16(b[2:])) * 1e5
		packets = append(packets, wire.Packet{Number: len(packets) + 1, At: at, Link: wire.LinkRaw, Length: n, Data: b[4 : 4+n]})
		b = b[4+n:]
	}
	return packets
}

// fuzzTapes are all the tapes of these tests.
func fuzzTapes() [][]byte {
	all := [][]byte{inked(wiretest.Golden().Packets)}
	for _, p := range pairs {
		all = append(all, inked(p.fits.play().Tape.Packets), inked(p.neighbour.play().Tape.Packets))
	}
	return all
}

func TestTheSeedsOfTheFuzzerDieOfManyCauses(t *testing.T) {
	causes := map[string]bool{}
	for _, seed := range fuzzTapes() {
		if len(seed) == 0 {
			t.Error("an empty seed")
		}
		for _, c := range conversationsOf(read(seed)) {
			f := wire.Explain(c, wire.Witness{Over: true})
			causes[f.Cause] = true
		}
	}
	delete(causes, "")
	if len(causes) < 15 {
		t.Errorf("%d causes, want at least 15: %v", len(causes), causes)
	}
}

func FuzzExplain(f *testing.F) {
	for i, seed := range fuzzTapes() {
		f.Add(seed, i%2 == 0)
	}
	f.Fuzz(func(t *testing.T, b []byte, over bool) {
		for _, c := range conversationsOf(read(b)) {
			finding := wire.Explain(c, wire.Witness{Over: over})
			checkFinding(t, c, &finding)
			checkMermaid(t, c, wire.Mermaid(c, &finding))
			if wire.Ladder(c, &finding) == "" {
				t.Error("nothing is drawn")
			}
		}
	})
}

func BenchmarkExplain(b *testing.B) {
	play := stage()
	for range 100 {
		play.served()
	}
	play.asked()
	play.abort(wire.Down)
	for _, of := range []struct {
		name string
		c    *wire.Conversation
	}{
		{"the field case", conversationsOf(wiretest.Golden().Packets)[0]},
		{"a hundred exchanges", play.seen(b)},
	} {
		b.Run(of.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				wire.Explain(of.c, wire.Witness{})
			}
		})
	}
}
