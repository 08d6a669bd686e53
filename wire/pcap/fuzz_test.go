package pcap

import (
	"bytes"
	"io"
	"maps"
	"testing"

	"rstorm/wire"
)

// seeds are what fuzzing starts from: every format, whole, cut and damaged.
func seeds() map[string][]byte {
	all := maps.Collect(variants())
	m := maker{orders["big"]}
	all["sections"] = sectionsFile()
	all["empty section"] = m.section(unknown)
	all["simple without an interface"] = append(m.section(0), m.simple(4, make([]byte, 4))...)
	all["damaged"] = append(nextGenFile(orders["little"]), m.enhanced(0, 1, payload(1))...)
	all["cut"] = nextGenFile(orders["little"])[:200]
	return all
}

func TestSeedsYieldPackets(t *testing.T) {
	packets, formats := 0, map[Format]int{}
	for name, file := range seeds() {
		got, facts, err := all(bytes.NewReader(file))
		if facts == nil {
			t.Fatalf("%s: %v", name, err)
		}
		packets += len(got)
		formats[facts.Format]++
	}
	if packets < 50 || formats[Classic] < 8 || formats[Modified] < 4 || formats[NextGen] < 4 {
		t.Errorf("the corpus has %d packets in %v", packets, formats)
	}
}

func FuzzReader(f *testing.F) {
	for _, file := range seeds() {
		f.Add(file)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		checkRead(t, "fuzzed", file)
		r, err := NewReader(bytes.NewReader(file))
		for err == nil {
			for _, c := range r.Comments() {
				if len(c) > len(file) && !r.Facts().Compressed {
					t.Fatalf("a comment of %d bytes in a file of %d", len(c), len(file))
				}
			}
			err = r.Next(new(wire.Packet))
		}
		if again := r == nil || r.Next(new(wire.Packet)) == err; !again || err != io.EOF && err.Error() == "" {
			t.Fatalf("%v does not stay", err)
		}
	})
}
