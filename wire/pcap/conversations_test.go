package pcap_test

import (
	"bytes"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"rstorm/wire"
	"rstorm/wire/pcap"
	"rstorm/wire/wiretest"
)

// A sum is what one end of a connection sent.
type sum struct {
	packets, resets, fins int
	bytes                 int64
}

// An end is one end of a connection, by the number of the connection.
type end struct {
	stream int
	from   netip.AddrPort
}

// byTshark sums up a file with tshark.
func byTshark(t *testing.T, file string) map[end]sum {
	t.Helper()
	sums := map[end]sum{}
	for _, row := range tshark(t, file, "tcp.stream", "ip.src", "ipv6.src", "tcp.srcport", "tcp.flags.reset", "tcp.flags.fin", "tcp.len") {
		if row[0] == "" {
			continue
		}
		stream, err := strconv.Atoi(row[0])
		if err != nil {
			t.Fatal(err)
		}
		port, err := strconv.Atoi(row[3])
		if err != nil {
			t.Fatal(err)
		}
		length, err := strconv.Atoi(row[6])
		if err != nil {
			t.Fatal(err)
		}
		e := end{stream, netip.AddrPortFrom(netip.MustParseAddr(row[1]+row[2]), uint16(port))}
		s := sums[e]
		s.packets, s.bytes, s.resets, s.fins = s.packets+1, s.bytes+int64(length), s.resets+set(row[4]), s.fins+set(row[5])
		sums[e] = s
	}
	return sums
}

// set is 1 for a flag that is set, as versions of tshark print it.
func set(flag string) int {
	if flag == "1" || flag == "True" {
		return 1
	}
	return 0
}

// byTable sums up a file with a table.
func byTable(t testing.TB, file io.Reader) map[end]sum {
	t.Helper()
	sums := map[end]sum{}
	table := wire.NewTable(wire.Config{Ended: func(c *wire.Conversation) {
		for way, from := range []netip.AddrPort{wire.Up: c.Client, wire.Down: c.Server} {
			if s := c.Sides[way]; s.Packets > 0 {
				sums[end{c.Number, from}] = sum{s.Packets, s.Resets, s.FINs, s.Bytes}
			}
		}
	}})
	fill(t, table, file)
	if c := table.Counts(); c.Malformed+c.Short+c.Other+c.Fragments+c.GivenUp != 0 || c.TCP == 0 {
		t.Errorf("counts are %+v", c)
	}
	return sums
}

// fill puts a capture into a table.
func fill(t testing.TB, table *wire.Table, file io.Reader) {
	t.Helper()
	r, err := pcap.NewReader(file)
	var p wire.Packet
	for err == nil {
		if err = r.Next(&p); err == nil {
			table.Add(&p)
		}
	}
	if err != io.EOF {
		t.Fatal(err)
	}
	table.Flush()
}

// captured writes a storm as w has it into a file. Snap cuts its packets, if it
// is not 0.
func captured(t testing.TB, s *storm, w wrap, snap, conversations int) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "storm.pcapng")
	file, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	to, err := pcap.NewWriter(file, pcap.Capture{Link: w.link, Snap: snap})
	if err != nil {
		t.Fatal(err)
	}
	const atATime = 500
	for ; conversations > 0; conversations -= atATime {
		s.play(min(atATime, conversations))
		for _, p := range s.tape.Packets {
			p = w.around(p)
			if err := to.Write(&p); err != nil {
				t.Fatal(err)
			}
		}
		s.tape.Packets = s.tape.Packets[:0]
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	return name
}

// What the table says of connections is what tshark says: which there are, and
// of each end packets, RSTs, FINs and bytes of payload.
func TestConversationsAreThoseOfTshark(t *testing.T) {
	for name, w := range wraps {
		for _, snap := range []int{0, 110} {
			t.Run(name+"/"+strconv.Itoa(snap), func(t *testing.T) {
				seed := fnv.New64a()
				seed.Write([]byte(t.Name()))
				s := &storm{Rand: rand.New(rand.NewPCG(4, seed.Sum64())), tape: wiretest.New(), six: w.six, body: 600}
				file := captured(t, s, w, snap, 600)
				content, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				compare(t, byTable(t, bytes.NewReader(content)), byTshark(t, file))
			})
		}
	}
}

func compare(t *testing.T, ours, theirs map[end]sum) {
	t.Helper()
	streams, withReset, differ := map[int]bool{}, map[int]bool{}, 0
	var all sum
	for e, s := range theirs {
		if ours[e] != s {
			if differ++; differ < 5 {
				t.Errorf("connection %d, from %v: the table has %+v, tshark %+v", e.stream, e.from, ours[e], s)
			}
		}
		streams[e.stream] = true
		if s.resets > 0 {
			withReset[e.stream] = true
		}
		all.packets, all.resets, all.fins, all.bytes = all.packets+s.packets, all.resets+s.resets, all.fins+s.fins, all.bytes+s.bytes
	}
	if len(ours) != len(theirs) || differ > 0 {
		t.Errorf("%d ends of connections, tshark has %d; %d differ", len(ours), len(theirs), differ)
	}
	if len(withReset) < len(streams)/4 || all.fins < len(streams)/4 || len(streams) < 600 {
		t.Errorf("a storm of %d connections has %d with RST, and %d FINs", len(streams), len(withReset), all.fins)
	}
	t.Logf("%d connections, %d of them with RST; %d RST, %d FIN, %d bytes in %d packets", len(streams), len(withReset), all.resets, all.fins, all.bytes, all.packets)
}

// BenchmarkBesideTshark reads 200 MB into a table, and says how many times
// faster that is than tshark's conversations of the same file.
func BenchmarkBesideTshark(b *testing.B) {
	w := wraps["Ethernet"]
	s := &storm{Rand: rand.New(rand.NewPCG(1, 2)), tape: wiretest.New(), six: w.six, body: 1400}
	file := captured(b, s, w, 0, 70_000)
	info, err := os.Stat(file)
	if err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	out := runTshark(b, "-q", "-n", "-r", file, "-z", "conv,tcp")
	theirs := time.Since(began)
	b.SetBytes(info.Size())
	conversations, packets := 0, 0
	for b.Loop() {
		conversations = 0
		table := wire.NewTable(wire.Config{Ended: func(*wire.Conversation) { conversations++ }})
		content, err := os.Open(file)
		if err != nil {
			b.Fatal(err)
		}
		fill(b, table, content)
		content.Close()
		packets = table.Counts().Packets
	}
	if listed := strings.Count(string(out), "<->"); listed != conversations {
		b.Errorf("tshark lists %d conversations, the table has %d", listed, conversations)
	}
	ours := b.Elapsed() / time.Duration(b.N)
	b.ReportMetric(float64(ours.Nanoseconds())/float64(packets), "ns/packet")
	b.ReportMetric(theirs.Seconds(), "tshark-s")
	b.ReportMetric(float64(theirs)/float64(ours), "times-tshark")
}
