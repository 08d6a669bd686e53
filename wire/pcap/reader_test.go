package pcap

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"rstorm/wire"
)

func TestPcapIsReadInBothOrdersAndAllUnits(t *testing.T) {
	kinds := map[string]struct {
		magic  uint32
		unit   int64
		format Format
	}{
		"micro":    {0xa1b2c3d4, 1000, Classic},
		"nano":     {0xa1b23c4d, 1, Classic},
		"modified": {0xa1b2cd34, 1000, Modified},
	}
	for name, o := range orders {
		for kind, k := range kinds {
			t.Run(kind+" "+name, func(t *testing.T) {
				got, facts := whole(t, classicFile(o, k.magic, 113, 3))
				var want []wire.Packet
				for n := 1; n <= 3; n++ {
					want = append(want, wire.Packet{
						Number: n, At: int64(1000+n)*1e9 + int64(n)*k.unit, Link: wire.LinkCooked, Length: 60, Data: payload(n),
					})
				}
				if !reflect.DeepEqual(got, want) {
					t.Errorf("read %+v, want %+v", got, want)
				}
				if len(facts.Interfaces) != 1 {
					t.Fatalf("facts are %+v", facts)
				}
				if face := facts.Interfaces[0]; facts.Format != k.format || face.Snap != 65535 || face.Link != wire.LinkCooked || facts.Sections != 1 {
					t.Errorf("facts are %+v", facts)
				}
			})
		}
	}
}

func TestTheLengthOfFrameCheckSequencesIsNotPartOfTheLinkType(t *testing.T) {
	got, _ := whole(t, classicFile(orders["little"], 0xa1b2c3d4, 1|4<<28|1<<26, 1))
	if got[0].Link != wire.LinkEthernet {
		t.Errorf("read link type %d", got[0].Link)
	}
}

func TestPcapngIsReadInBothOrders(t *testing.T) {
	for name, o := range orders {
		t.Run(name, func(t *testing.T) {
			got, facts := whole(t, nextGenFile(o))
			want := []wire.Packet{
				{Number: 1, At: 1_000_000_001, Link: 1, Length: 60, Data: payload(1)},
				{Number: 2, At: 10_500_000_000, Link: 113, Interface: 1, Length: 60, Data: payload(2)},
				{Number: 3, At: 11_000_000_000, Link: 113, Interface: 1, Length: 60, Data: payload(3)},
				{Number: 4, Link: 1, Length: 60, Data: payload(4)[:6]}, // no time, and the snap length of the first interface
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("read %+v, want %+v", got, want)
			}
			for i := range facts.Interfaces {
				facts.Interfaces[i].clock = clock{}
			}
			said := &Facts{Format: NextGen, Sections: 1, Application: "by hand", Comment: "whole", Interfaces: []Interface{
				{Section: 1, Name: "eth0", Link: 1, Snap: 6},
				{Section: 1, Name: "any", Link: 113, Counted: true, Received: 5, Dropped: 3},
			}}
			if !reflect.DeepEqual(facts, said) {
				t.Errorf("facts are %+v, want %+v", facts, said)
			}
			if dropped, counted := facts.Dropped(); dropped != 3 || counted {
				t.Errorf("%d packets dropped, counted %v; eth0 has no statistics", dropped, counted)
			}
		})
	}
}

func TestCommentsStandOnTheirPackets(t *testing.T) {
	for name, o := range orders {
		r, err := NewReader(bytes.NewReader(nextGenFile(o)))
		if err != nil {
			t.Fatal(err)
		}
		for n, want := range [][]string{{"first", "again"}, nil, {"old"}, nil, nil} {
			err := r.Next(&wire.Packet{})
			if got := r.Comments(); !slices.Equal(got, want) || (err != nil) != (n == 4) {
				t.Errorf("%s: packet %d has comments %q, want %q (%v)", name, n+1, got, want, err)
			}
		}
	}
}

func TestEachSectionHasItsOrderAndItsInterfaces(t *testing.T) {
	got, facts := whole(t, sectionsFile())
	want := []wire.Packet{
		{Number: 1, At: 1000, Link: 113, Interface: 1, Length: 60, Data: payload(1)},
		{Number: 2, At: 1, Link: 101, Interface: 2, Length: 60, Data: payload(2)},
		{Number: 3, At: 2000, Link: 228, Interface: 3, Length: 60, Data: payload(3)},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("read %+v, want %+v", got, want)
	}
	if facts.Sections != 4 || facts.Interfaces[2].Section != 2 || facts.Interfaces[2].Dropped != 9 || facts.Interfaces[3].Section != 4 {
		t.Errorf("facts are %+v", facts)
	}
}

func TestTheLastStatisticsHold(t *testing.T) {
	m := maker{orders["big"]}
	section := m.section(unknown, m.option(optionApplication, []byte("first")))
	file := slices.Concat(section, m.face(1, 0), m.statistics(0, m.total(optionReceived, 5), m.total(optionDropped, 2)))
	_, facts := whole(t, file)
	if f := facts.Interfaces[0]; !f.Counted || f.Received != 5 || f.Dropped != 2 || facts.Application != "first" {
		t.Errorf("facts are %+v", facts)
	}
	again := slices.Concat(file, m.statistics(0, m.total(optionReceived, 6), m.total(optionDropped, ^uint64(0))), m.section(unknown))
	_, facts = whole(t, again) // all ones say that it is not known
	if f := facts.Interfaces[0]; f.Counted || f.Received != 6 || f.Dropped != 0 || facts.Application != "" {
		t.Errorf("facts are %+v", facts)
	}
}

func TestSectionsOfVersion12AreThoseOf10(t *testing.T) {
	file := nextGenFile(orders["little"])
	want, _ := whole(t, file)
	file[14] = 2
	if got, _ := whole(t, file); !reflect.DeepEqual(got, want) {
		t.Errorf("read %+v, want %+v", got, want)
	}
}

func TestBlocksThatWiresharkNumbersAreCounted(t *testing.T) {
	got, _ := whole(t, Numbered())
	var numbers []int
	for _, p := range got {
		numbers = append(numbers, p.Number)
	}
	if want := []int{1, 3, 6}; !slices.Equal(numbers, want) {
		t.Errorf("packets have the numbers %v, want %v", numbers, want)
	}
}

func TestTimesOfEveryUnit(t *testing.T) {
	const never = 0
	tests := map[string]struct {
		unit   byte
		offset int64
		stamp  uint64
		at     int64
	}{
		"seconds":                 {0, 0, 1_700_000_000, 1_700_000_000e9},
		"milliseconds":            {3, 0, 1_700_000_000_123, 1_700_000_000_123e6},
		"microseconds":            {6, 0, 1_700_000_000_123_456, 1_700_000_000_123_456e3},
		"nanoseconds":             {9, 0, 1_700_000_000_123_456_789, 1_700_000_000_123_456_789},
		"picoseconds":             {12, 0, 1_234_567_890_123_456, 1_234_567_890_123},
		"10^-19 seconds":          {19, 0, 1<<64 - 1, 1_844_674_407},
		"10^-28 seconds":          {28, 0, 1<<64 - 1, 1},
		"10^-29 seconds":          {29, 5, 1<<64 - 1, 5e9},
		"10^-127 seconds":         {127, 5, 1<<64 - 1, 5e9},
		"1/1024 seconds":          {0x80 | 10, 0, 5<<10 | 1, 5_000_976_562},
		"2^-20 seconds":           {0x80 | 20, 0, 1_700_000_000<<20 | 999_999, 1_700_000_000_953_673_362},
		"2^-32 seconds":           {0x80 | 32, 0, 1_700_000_000<<32 | 1<<31, 1_700_000_000_500_000_000},
		"2^-63 seconds":           {0x80 | 63, 1, 1<<62 | 1<<63, 2_500_000_000},
		"2^-64 seconds":           {0x80 | 64, 0, 1 << 63, 500_000_000},
		"2^-65 seconds":           {0x80 | 65, 0, 1 << 63, 250_000_000},
		"2^-127 seconds":          {0x80 | 127, 3, 1<<64 - 1, 3e9},
		"2^0 seconds":             {0x80, 0, 17, 17e9},
		"an offset forward":       {6, 1_700_000_000, 5, 1_700_000_000_000_005_000},
		"an offset back":          {9, -1, 1_500_000_000, 500_000_000},
		"before 1970":             {9, -2, 1_500_000_000, -500_000_000},
		"beyond 2262":             {0, 0, 9_223_372_037, never},
		"beyond all":              {0, 0, 1<<64 - 1, never},
		"beyond by offset":        {0, 9_223_372_036, 1, never},
		"an offset beyond":        {0, 9_223_372_037, 0, never},
		"an offset far beyond":    {0, 1 << 62, 0, never},
		"an offset before time":   {0, -1 << 62, 0, never},
		"the last nanosecond":     {9, 0, 1<<63 - 1, 1<<63 - 1},
		"one nanosecond too late": {9, 0, 1 << 63, never},
	}
	for name, o := range orders {
		m := maker{o}
		for what, test := range tests {
			file := slices.Concat(m.section(unknown), m.face(1, 0, m.unit(test.unit), m.offset(test.offset)), m.enhanced(0, test.stamp, payload(1)))
			if got, _ := whole(t, file); got[0].At != test.at {
				t.Errorf("%s, %s: at %d, want %d", what, name, got[0].At, test.at)
			}
		}
	}
}

func TestGzipOfAnyNumberOfMembers(t *testing.T) {
	for name, file := range variants() {
		if bytes.HasPrefix(file, []byte(gzipMagic)) {
			continue
		}
		want, _ := whole(t, file)
		third := len(file) / 3
		got, facts := whole(t, compressed(file[:2], file[2:third], nil, file[third:]))
		if !reflect.DeepEqual(got, want) || !facts.Compressed {
			t.Errorf("%s: read %+v, want %+v", name, got, want)
		}
	}
}

func TestACaptureMayComeInAnyPieces(t *testing.T) {
	files := maps.Collect(variants())
	files["sections"] = sectionsFile()
	for name, file := range files {
		want, _ := whole(t, file)
		for how, r := range map[string]io.Reader{
			"bytes":         iotest.OneByteReader(bytes.NewReader(file)),
			"halves":        iotest.HalfReader(bytes.NewReader(file)),
			"data with EOF": iotest.DataErrReader(bytes.NewReader(file)),
		} {
			if got, _, err := all(r); err != io.EOF || !reflect.DeepEqual(got, want) {
				t.Errorf("%s in %s: %+v, %v", name, how, got, err)
			}
		}
	}
}

func TestRecordsMayLieAcrossTheEndOfTheWindow(t *testing.T) {
	m := maker{orders["little"]}
	rest := slices.Concat(m.section(unknown), m.block(4711, make([]byte, window)))
	for back := 0; back < len(sectionsFile()); back += 4 {
		start := m.section(unknown)
		start = append(start, m.block(4711, make([]byte, window-back-len(start)-12))...)
		file := slices.Concat(start, sectionsFile(), rest)
		if got, _ := whole(t, file); len(got) != 3 || !bytes.Equal(got[2].Data, payload(3)) {
			t.Fatalf("the window ends %d bytes into the sections: %+v", back, got)
		}
	}
}

func TestAPacketInAPipeIsReadAsSoonAsItIsWhole(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	m := maker{orders["little"]}
	w.Write(slices.Concat(m.section(unknown), m.face(1, 0)))
	read, err := NewReader(r)
	if err != nil {
		t.Fatal(err)
	}
	var p wire.Packet
	for n := 1; n <= 3; n++ { // the next is written only when this one has been read
		w.Write(m.enhanced(0, 1, payload(n)))
		if err := read.Next(&p); err != nil || !bytes.Equal(p.Data, payload(n)) {
			t.Fatalf("read %q, %v", p.Data, err)
		}
	}
	w.Close()
	if err := read.Next(&p); err != io.EOF {
		t.Errorf("at the end: %v", err)
	}
}

func TestAFailingStreamIsSaidSo(t *testing.T) {
	file := nextGenFile(orders["big"])
	broken := errors.New("disk on fire")
	for _, n := range []int{0, 3, 30, len(file) - 5, len(file)} {
		packets, _, err := all(io.MultiReader(bytes.NewReader(file[:n]), iotest.ErrReader(broken)))
		if _, positioned := errors.AsType[*Error](err); !positioned || !errors.Is(err, broken) {
			t.Errorf("after %d bytes and %d packets: %v", n, len(packets), err)
		}
	}
	if _, _, err := all(io.MultiReader(strings.NewReader("hello"), iotest.ErrReader(broken))); !errors.Is(err, broken) {
		t.Errorf("a stream that fails before it is known what it is: %v", err)
	}
	if _, _, err := all(idle{}); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("a stream that gives nothing: %v", err)
	}
}

// idle gives neither bytes nor an error.
type idle struct{}

func (idle) Read([]byte) (int, error) { return 0, nil }

func TestLinkTypesHaveNames(t *testing.T) {
	for link, want := range map[wire.LinkType]string{1: "link type 1 (Ethernet)", 105: "link type 105 (Wi-Fi)", 4711: "link type 4711"} {
		if got := LinkName(link); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
