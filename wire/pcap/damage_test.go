package pcap

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"rstorm/wire"
)

func TestAFileCutAnywhereGivesWholePacketsAndThenSaysWhere(t *testing.T) {
	for name, file := range variants() {
		want, _ := whole(t, file)
		clean := 0 // places where a cut goes unnoticed: between records
		for n := range len(file) {
			got, _, err := all(bytes.NewReader(file[:n]))
			for i := range got {
				if !bytes.Equal(got[i].Data, want[i].Data) || got[i].At != want[i].At {
					t.Fatalf("%s cut after %d bytes: packet %d is %+v", name, n, i+1, got[i])
				}
			}
			if err == io.EOF {
				clean++
				continue
			}
			damaged, positioned := errors.AsType[*Error](err)
			if !positioned || !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Fatalf("%s cut after %d bytes: %v", name, n, err)
			}
			if !damaged.Compressed && (damaged.Offset < 0 || damaged.Offset > int64(n) || n > 0 && damaged.Offset == int64(n)) {
				t.Errorf("%s cut after %d bytes: damage at %d", name, n, damaged.Offset)
			}
		}
		records := map[string]int{"pcapng": 9, "micro": 3, "nano": 3, "modified": 3}[strings.Fields(name)[0]]
		if strings.HasSuffix(name, "gzip") {
			records = 0 // its end is always known
		}
		if clean != records {
			t.Errorf("%s: %d cuts go unnoticed, want %d", name, clean, records)
		}
	}
}

func TestDamageIsNamedWithItsPlace(t *testing.T) {
	m := maker{orders["little"]}
	b := maker{orders["big"]}
	u32, put := binary.LittleEndian.AppendUint32, binary.LittleEndian.PutUint32
	start := slices.Concat(m.section(unknown), m.face(1, 0), m.enhanced(0, 1, payload(1)))
	after := int64(len(start))
	altered := func(block []byte, at int, value uint32) []byte {
		block = bytes.Clone(block)
		put(block[at:], value)
		return block
	}
	good := m.enhanced(0, 1, payload(2))
	last := len(good) - 4
	tests := map[string]struct {
		block  []byte
		reason string
	}{
		"no length":             {altered(good, 4, 0), "claims 0 bytes"},
		"a length below 12":     {altered(good, 4, 8), "claims 8 bytes"},
		"an odd length":         {altered(good, 4, 61), "no multiple of 4"},
		"4 GiB":                 {altered(good, 4, 0xfffffffc), "more than the 1048576"},
		"another trailing one":  {altered(good, last, 12), "at its end"},
		"no such interface":     {altered(good, 8, 1), "interface 1 of a section that has described 1"},
		"captured beyond block": {altered(altered(good, 20, 60), 24, 60), "room for 12"},
		"captured beyond all":   {altered(altered(good, 20, MaxPacket+1), 24, MaxPacket+1), "262145 captured bytes"},
		"4 GiB on the wire":     {altered(good, 24, 1<<32-1), "4294967295 bytes on the wire"},
		"more than there was":   {altered(good, 24, 9), "10 bytes were captured of a packet of 9"},
		"a tiny packet block":   {m.block(kindEnhanced, make([]byte, 16)), "block of 28 bytes"},
		"a tiny old block":      {m.block(kindPacket, make([]byte, 16)), "block of 28 bytes"},
		"an empty simple block": {m.block(kindSimple, nil), "block of 12 bytes"},
		"a simple one too long": {m.simple(17, make([]byte, 16)), "room for 16"},
		"simple, nowhere":       {slices.Concat(m.section(unknown), m.simple(4, make([]byte, 4))), "interface 0 of a section that has described 0"},
		"a tiny interface":      {m.block(kindInterface, make([]byte, 4)), "description of 16 bytes"},
		"an option too long":    {m.face(1, 0, []byte{9, 0, 5, 0, 1, 0, 0, 0}), "option 9 claims 5 bytes of 4"},
		"a unit of two bytes":   {m.face(1, 0, m.option(optionResolution, []byte{6, 6})), "option 9 has 2 bytes"},
		"an offset of 4 bytes":  {m.face(1, 0, m.option(optionOffset, make([]byte, 4))), "option 14 has 4 bytes"},
		"tiny statistics":       {m.block(kindStatistics, make([]byte, 8)), "statistics of 20 bytes"},
		"statistics of nothing": {m.statistics(3), "interface 3"},
		"torn statistics":       {m.statistics(0, []byte{5, 0, 8, 0}), "option 5 claims 8 bytes of 0"},
		"a tiny section":        {m.block(kindSection, u32(u32(nil, 0x1a2b3c4d), 1)), "section header of 20 bytes"},
		"a section out of time": {altered(m.section(unknown), 12, 2), "version 2.0 of pcapng"},
		"pcapng 1.1":            {altered(m.section(unknown), 12, 1|1<<16), "version 1.1 of pcapng"},
		"torn section options":  {m.section(unknown, []byte{4, 0, 8, 0}), "option 4 claims 8 bytes of 0"},
		"no byte order":         {altered(m.section(unknown), 8, 0x01020304), "byte order mark is 04 03 02 01"},
		"the other byte order":  {b.enhanced(0, 1, payload(2)), "claims 738197504 bytes, more than the 134217728"},
		"a skipped 4 GiB block": {altered(m.block(4711, make([]byte, 64)), 4, 0xfffffffc), "more than the 134217728"},
		"a skipped block cut":   {altered(m.block(4711, make([]byte, 64)), 4, 80), "cut off after 76 bytes"},
		"a skipped bad tail":    {altered(m.block(4711, make([]byte, 64)), 72, 80), "80 at its end"},
	}
	for name, test := range tests {
		place := after
		if name == "simple, nowhere" {
			place += int64(len(m.section(unknown)))
		}
		for _, packed := range []bool{false, true} {
			file := slices.Concat(start, test.block)
			if packed {
				file = compressed(file)
			}
			packets, _, err := all(bytes.NewReader(file))
			damaged, positioned := errors.AsType[*Error](err)
			if len(packets) != 1 || !positioned || damaged.Offset != place || damaged.Compressed != packed || !strings.Contains(err.Error(), test.reason) {
				t.Errorf("%s: after %d packets %v; want it at byte %d, with %q", name, len(packets), err, place, test.reason)
			}
		}
	}
}

func TestDamageOfPcapIsNamedWithItsPlace(t *testing.T) {
	file := classicFile(orders["big"], 0xa1b2c3d4, 1, 2)
	second := fileHeader + packetHeader + len(payload(1))
	for at, tests := range map[int]map[uint32]string{
		4:           {2<<16 | 3: "version 2.3", 0: "version 0.0"},
		20:          {1 << 16: "reserved bits"},
		second + 8:  {MaxPacket + 1: "262145 captured", 1<<32 - 1: "4294967295 captured", 61: "61 bytes were captured of a packet of 60"},
		second + 12: {1 << 31: "2147483648 bytes on the wire"},
	} {
		for value, reason := range tests {
			bad := bytes.Clone(file)
			binary.BigEndian.PutUint32(bad[at:], value)
			packets, _, err := all(bytes.NewReader(bad))
			damaged, positioned := errors.AsType[*Error](err)
			if !positioned || !strings.Contains(err.Error(), reason) {
				t.Errorf("%d at byte %d: %v, want %q", value, at, err, reason)
				continue
			}
			place, before := int64(at), 0
			if at >= second {
				place, before = int64(second), 1
			}
			if damaged.Offset != place || len(packets) != before {
				t.Errorf("%d at byte %d: after %d packets %v", value, at, len(packets), err)
			}
		}
	}
}

func TestWhatIsNoCaptureIsNamed(t *testing.T) {
	for content, want := range map[string]string{
		"": "reading the first byte", "hi": "looks like text", "{\"json\": true}": "looks like text",
		"grüße aus demä": "looks like text", "\x00\x00": "begins with zeros", "\x01\x02\x03\x04\x05": "no known meaning",
		"snoop\x00\x00\x00\x00\x00\x00\x02": "snoop", "BZh91AY&SY": "bzip2", "\x28\xb5\x2f\xfd\x04": "zstd", "PK\x03\x04abc": "zip",
		"GMBU\x00\x02": "Network Monitor", string(compressed(compressed([]byte("x")))): "compressed twice",
		string(compressed(nil)): "reading the first byte", string(compressed([]byte("text"))): "looks like text",
		"\x1f\x8bnot gzip": "gzip header",
	} {
		r, err := NewReader(strings.NewReader(content))
		damaged, positioned := errors.AsType[*Error](err)
		if r != nil || !positioned || damaged.Offset != 0 || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", content, err, want)
		}
		if empty := want == "reading the first byte"; errors.Is(err, io.ErrUnexpectedEOF) != empty {
			t.Errorf("%q: %v", content, err)
		}
	}
}

func TestAnErrorStays(t *testing.T) {
	r, err := NewReader(bytes.NewReader(append(nextGenFile(orders["big"]), 1)))
	if err != nil {
		t.Fatal(err)
	}
	var p wire.Packet
	var first error
	for range 4 {
		first = errors.Join(first, r.Next(&p))
	}
	if first != nil {
		t.Fatal(first)
	}
	first = r.Next(&p)
	if again := r.Next(&p); first == nil || again != first {
		t.Errorf("%v, then %v", first, again)
	}
}

func TestFlippedBitsNeverHurt(t *testing.T) {
	flips, damaged := 0, 0
	for name, file := range variants() {
		step := 3
		if strings.HasSuffix(name, "gzip") {
			step = 23 // its own checksum tells most of it
		}
		for i := 0; i < len(file)*8; i += step {
			bad := bytes.Clone(file)
			bad[i/8] ^= 1 << (i % 8)
			flips++
			if checkRead(t, name, bad) {
				damaged++
			}
		}
		r := rand.New(rand.NewPCG(1, uint64(len(file))))
		for range 100 {
			bad := bytes.Clone(file)
			for range 1 + r.IntN(8) {
				bad[r.IntN(len(bad))] = byte(r.Uint32())
			}
			checkRead(t, name, bad)
		}
	}
	t.Logf("of %d flipped bits %d damage a file", flips, damaged)
	if damaged == 0 || damaged == flips {
		t.Errorf("of %d flipped bits %d damage a file", flips, damaged)
	}
}

// checkRead reads a file to its end, whatever it is: packets are within bounds,
// and damage has a place. It returns whether there is any.
func checkRead(t *testing.T, name string, file []byte) bool {
	t.Helper()
	packets, facts, err := all(bytes.NewReader(file))
	for i, p := range packets {
		if p.Number <= i || len(p.Data) > p.Length || len(p.Data) > MaxPacket || p.Interface >= len(facts.Interfaces) || p.Link != facts.Interfaces[p.Interface].Link {
			t.Fatalf("%s: packet %d of %x is %+v", name, i, file, p)
		}
	}
	if err == io.EOF {
		return false
	}
	damaged, positioned := errors.AsType[*Error](err)
	if !positioned || damaged.Err == nil || damaged.Offset < 0 || !damaged.Compressed && damaged.Offset > int64(len(file)) {
		t.Fatalf("%s: %x gives %#v", name, file, err)
	}
	return true
}

// endless is a stream of many copies of a block after a beginning.
func endless(start, block []byte, times int) io.Reader {
	return io.MultiReader(bytes.NewReader(start), &repeated{block: block, left: len(block) * times})
}

type repeated struct {
	block    []byte
	at, left int
}

func (r *repeated) Read(p []byte) (n int, err error) {
	if r.left == 0 {
		return 0, io.EOF
	}
	for n < len(p) && r.left > 0 {
		some := copy(p[n:min(len(p), n+r.left)], r.block[r.at:])
		r.at, r.left, n = (r.at+some)%len(r.block), r.left-some, n+some
	}
	return n, nil
}

func TestMemoryIsBoundedWhateverAFileClaims(t *testing.T) {
	m := maker{orders["little"]}
	start := slices.Concat(m.section(unknown), m.face(1, 0))
	huge := m.block(4711, nil)[:8]
	binary.LittleEndian.PutUint32(huge[4:], maxSkipped)
	gigabyte := slices.Concat(start, m.enhanced(0, 1, payload(1)))
	binary.LittleEndian.PutUint32(gigabyte[len(start)+4:], 1<<30)
	old := classicFile(orders["little"], 0xa1b2c3d4, 1, 1)
	binary.LittleEndian.PutUint32(old[fileHeader+8:], 1<<30)
	binary.LittleEndian.PutUint32(old[fileHeader+12:], 1<<30)
	long := m.option(optionName, bytes.Repeat([]byte("n"), 60_000))
	for name, file := range map[string]io.Reader{
		"blocks of 16 MiB, of no known kind": endless(start, m.block(4711, make([]byte, maxSkipped-12)), 16),
		"a packet block of 1 GiB":            bytes.NewReader(gigabyte),
		"a pcap packet of 1 GiB":             bytes.NewReader(old),
		"10 million packets":                 endless(start, m.enhanced(0, 1, payload(1)), 10_000_000/20),
		"endless interfaces with long names": endless(start, m.face(1, 0, long), 2000),
		"a million interfaces":               endless(start, m.face(1, 0), 1_000_000),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		packets, err := drain(file)
		runtime.ReadMemStats(&after)
		const most = 200 << 20 / 4
		if took := after.TotalAlloc - before.TotalAlloc; took > most {
			t.Errorf("%s took %d MiB: %d packets, %v", name, took>>20, packets, err)
		} else {
			t.Logf("%s: %d packets, %v; %d KiB", name, packets, err, took>>10)
		}
	}
}

// drain reads packets and keeps none.
func drain(file io.Reader) (packets int, err error) {
	r, err := NewReader(file)
	var p wire.Packet
	for ; err == nil; packets++ {
		err = r.Next(&p)
	}
	return max(packets-1, 0), err
}

func TestAGzipBombIsReadInBoundedMemory(t *testing.T) {
	m := maker{orders["little"]}
	block := bytes.Repeat(m.enhanced(0, 1, make([]byte, 60)), 1000)
	start := slices.Concat(m.section(unknown), m.face(1, 0))
	bomb := compressed(slices.Concat(start, bytes.Repeat(block, 100)))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	packets, err := drain(bytes.NewReader(bomb))
	runtime.ReadMemStats(&after)
	took := after.TotalAlloc - before.TotalAlloc
	if packets != 100_000 || err != io.EOF || took > 4<<20 {
		t.Errorf("%d bytes gave %d packets (%v) and took %d KiB", len(bomb), packets, err, took>>10)
	}
}

func TestNoPacketCostsAnAllocation(t *testing.T) {
	for name, file := range map[string]io.Reader{
		"pcap":   endless(classicFile(orders["big"], 0xa1b2c3d4, 1, 0), classicFile(orders["big"], 0xa1b2c3d4, 1, 1)[fileHeader:], 50_000),
		"pcapng": endless(nextGenFile(orders["big"]), maker{orders["big"]}.enhanced(1, 1, payload(1), maker{orders["big"]}.option(optionComment, []byte("hm"))), 50_000),
	} {
		r, err := NewReader(file)
		if err != nil {
			t.Fatal(err)
		}
		var p wire.Packet
		if n := testing.AllocsPerRun(40_000, func() {
			if err := r.Next(&p); err != nil {
				panic(fmt.Sprintf("%s: %v", name, err))
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations per packet", name, n)
		}
	}
}
