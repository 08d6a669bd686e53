package wire_test

import (
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"rstorm/wire"
	"rstorm/wire/wiretest"
)

// writePcap writes a tape as a pcap file of raw IP with nanoseconds.
func writePcap(t *testing.T, tape *wiretest.Tape) string {
	t.Helper()
	le := binary.LittleEndian
	b := le.AppendUint32(nil, 0xa1b23c4d)
	b = le.AppendUint16(le.AppendUint16(b, 2), 4)
	b = le.AppendUint32(le.AppendUint64(b, 0), 1<<18)
	b = le.AppendUint32(b, uint32(wire.LinkRaw))
	for _, p := range tape.Packets {
		b = le.AppendUint32(le.AppendUint32(b, uint32(p.At/1e9)), uint32(p.At%1e9))
		b = le.AppendUint32(le.AppendUint32(b, uint32(len(p.Data))), uint32(p.Length))
		b = append(b, p.Data...)
	}
	name := filepath.Join(t.TempDir(), "tape.pcap")
	if err := os.WriteFile(name, b, 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

// A tally is what a tool counts of one conversation.
type tally struct {
	Packets, Bytes, FINs, RSTs int
	First                      int // its first packet
}

// byShark is what tshark counts, by tcp.stream.
func byShark(t *testing.T, tape *wiretest.Tape) map[int]tally {
	t.Helper()
	tool, err := exec.LookPath("tshark")
	if err != nil {
		t.Skipf("tshark is not here to compare with: %v", err)
	}
	out, err := exec.CommandContext(t.Context(), tool, "-r", writePcap(t, tape), "-Y", "tcp", "-T", "fields",
		"-e", "frame.number", "-e", "tcp.stream", "-e", "tcp.len", "-e", "tcp.flags.fin", "-e", "tcp.flags.reset").Output()
	if err != nil {
		t.Fatal(err)
	}
	all := map[int]tally{}
	for line := range strings.Lines(string(out)) {
		var n [5]int
		for i, field := range strings.Split(strings.TrimSuffix(line, "\n"), "\t") {
			switch field {
			case "False":
			case "True":
				n[i] = 1
			default:
				if n[i], err = strconv.Atoi(field); err != nil {
					t.Fatalf("%q: %v", line, err)
				}
			}
		}
		y := all[n[1]]
		if y.Packets == 0 {
			y.First = n[0]
		}
		y.Packets, y.Bytes, y.FINs, y.RSTs = y.Packets+1, y.Bytes+n[2], y.FINs+n[3], y.RSTs+n[4]
		all[n[1]] = y
	}
	return all
}

func TestConversationsAreThoseOfTshark(t *testing.T) {
	for name, tape := range map[string]*wiretest.Tape{
		"the field case": wiretest.Golden(), "keep-alive": keepAlive(), "one connection per command": single(),
		"ports used again": again(), "a storm": storm(1, 3000), "another": storm(2, 3000), "with losses": lossy(storm(3, 3000)),
	} {
		t.Run(name, func(t *testing.T) {
			want := byShark(t, tape)
			all, _ := told(t, tape, wire.Config{Linger: 1 << 62, Events: 1 << 20})
			got := map[int]tally{}
			for _, c := range all {
				up, down := &c.Sides[wire.Up], &c.Sides[wire.Down]
				got[c.Number] = tally{up.Packets + down.Packets, int(up.Bytes + down.Bytes), up.FINs + down.FINs, up.Resets + down.Resets, c.Events[0].Packet}
			}
			for n := range max(len(want), len(got)) {
				if got[n] != want[n] {
					t.Fatalf("stream %d: %s, tshark has %s", n, fmt.Sprintf("%+v", got[n]), fmt.Sprintf("%+v", want[n]))
				}
			}
		})
	}
}

// lossy leaves every seventh packet out.
func lossy(tape *wiretest.Tape) *wiretest.Tape {
	t := wiretest.New()
	for i, p := range tape.Packets {
		if i%7 != 3 {
			p.Number = len(t.Packets) + 1
			t.Packets = append(t.Packets, p)
		}
	}
	return t
}

// again is connections on the ports of older ones, most with the same first
// number: after a RST, after one FIN, after both, after nothing.
func again() *wiretest.Tape {
	t := wiretest.New()
	for i, end := range []func(c *wiretest.Call){
		func(c *wiretest.Call) { c.Reply(wire.Down) },
		func(c *wiretest.Call) { c.Send(wire.Down, wire.RST|wire.ACK, "") },
		func(c *wiretest.Call) { c.Send(wire.Up, wire.FIN|wire.ACK, "") },
		func(c *wiretest.Call) { c.Send(wire.Down, wire.FIN|wire.ACK, "") },
		func(c *wiretest.Call) {
			c.Send(wire.Up, wire.FIN|wire.ACK, "")
			c.Send(wire.Down, wire.FIN|wire.ACK, "")
		},
		func(c *wiretest.Call) {},
	} {
		for _, first := range []uint32{1000, 1000, 2000, 2000} {
			c := t.Call(fmt.Sprintf("10.0.0.1:%d", 40000+i), "10.0.0.2:80")
			c.Ends[wire.Up].First = first
			c.Handshake()
			end(c)
		}
	}
	return t
}
