package runner

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// mark puts a datagram into the capture, behind all that was sent before.
func mark(t *testing.T, text string) {
	t.Helper()
	u, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err == nil {
		defer u.Close()
		_, err = u.WriteTo([]byte(text), u.LocalAddr())
	}
	if err == nil {
		_, _, err = u.ReadFrom(make([]byte, len(text)))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// dump returns what tshark reads in a capture of what f does: a line for
// each packet, of the fields named here.
func dump(t *testing.T, f func()) string {
	t.Helper()
	const ready, last = "listening on", "the last packet"
	cmd := exec.CommandContext(t.Context(), "tcpdump", "-i", "any", "-s", "128", "-B", "16384", "-U", "--immediate-mode", "-w", "-", "ip and (tcp or udp)")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	told, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := readTo(told, ready)
	if !bytes.Contains(said, []byte(ready)) {
		t.Skipf("tcpdump, %v: %s", cmd.Wait(), said)
	}
	all := make(chan []byte, 1)
	go func() { all <- readTo(out, last) }()
	f()
	mark(t, last)
	packets := <-all
	cmd.Process.Signal(os.Interrupt)
	rest, _ := io.ReadAll(told)
	if err := cmd.Wait(); err != nil || !bytes.Contains(rest, []byte("\n0 packets dropped by kernel")) {
		t.Fatalf("tcpdump: %v: %s%s", err, said, rest)
	}
	file := filepath.Join(t.TempDir(), "capture")
	if err := os.WriteFile(file, packets, 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := exec.Command("tshark", "-n", "-r", file, "-T", "fields", "-e", "sll.pkttype", "-e", "ip.src", "-e", "ip.ttl",
		"-e", "tcp.srcport", "-e", "tcp.dstport", "-e", "tcp.flags", "-e", "tcp.seq_raw", "-e", "tcp.ack_raw", "-e", "tcp.len").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// readTo reads until the text has come.
func readTo(r io.Reader, text string) (all []byte) {
	for p := make([]byte, 1<<16); ; {
		n, err := r.Read(p)
		all = append(all, p[:n]...)
		if err != nil || bytes.Contains(all[max(0, len(all)-n-len(text)):], []byte(text)) {
			return all
		}
	}
}

// The flags of TCP.
const (
	fin = 1 << iota
	syn
	rst
	_
	acked
)

// A dialogue is one connection on one leg.
type dialogue struct {
	leg  int
	said []string
	next [2]uint32 // by direction, the sequence number behind all that was sent
}

func (d *dialogue) String() string { return fmt.Sprintf("%d: %s\n", d.leg, d.said) }

// first reports whether this is the first RST since a SYN, and before both sides
// have closed: each may be answered with another, and so may the last
// acknowledgement, by a kernel that has forgotten the connection.
func (d *dialogue) first(want string) bool {
	var ended, up, down bool
	for _, word := range d.said {
		switch {
		case word == ">S":
			ended, up, down = false, false, false
		case !ended && word == want:
			return true
		}
		up = up || strings.HasPrefix(word, ">") && strings.Contains(word, "F")
		down = down || strings.HasPrefix(word, "<") && strings.Contains(word, "F")
		ended = ended || up && down || strings.Contains(word, "R")
	}
	return false
}

// forged reports whether an open connection got a RST that neither end sent.
func (d *dialogue) forged() bool {
	i := slices.Index(d.said, "<R128")
	return i > 0 && slices.ContainsFunc(d.said[:i], func(word string) bool { return strings.Contains(word, "d") })
}

// hear adds a segment, which goes up (0) or down (1).
func (d *dialogue) hear(way, ttl int, flags byte, seq, ack, length uint32) {
	word := [2]string{">", "<"}[way]
	for _, f := range []struct {
		name string
		set  bool
	}{{"S", flags&syn != 0}, {"d", length > 0}, {"F", flags&fin != 0}, {"R", flags&rst != 0}} {
		if f.set {
			word += f.name
		}
	}
	if len(word) == 1 {
		return
	}
	switch {
	case flags&rst != 0 && ttl != 64:
		word += fmt.Sprint(ttl)
	case flags&(rst|syn) != 0:
	case ack == d.next[1-way]:
		word += "+"
	default:
		word += "-"
	}
	if flags&rst == 0 {
		d.next[way] = seq + length
		if flags&(fin|syn) != 0 { // counts as one
			d.next[way]++
		}
	}
	if flags&syn != 0 || len(d.said) == 0 || d.said[len(d.said)-1] != word {
		d.said = append(d.said, word)
	}
}

// tell puts together what was said between two marks each, and counts the RSTs
// that the kernel has sent.
func tell(t *testing.T, text string) (rows [][]*dialogue, sent int) {
	t.Helper()
	type call struct{ server, client int }
	var servers []int // in the order in which they are called
	var open map[call]*dialogue
	for line := range strings.Lines(text) {
		var handed, ttl, source, target int
		var from string
		var flags byte
		var seq, ack, length uint32
		n, err := fmt.Sscan(line, &handed, &from, &ttl, &source, &target, &flags, &seq, &ack, &length)
		if n == 3 { // a mark is no TCP
			rows, servers, open = append(rows, nil), nil, map[call]*dialogue{}
			continue
		}
		if err != nil || len(rows) == 0 {
			t.Fatalf("tshark says %q: %v", line, err)
		}
		way, c := 0, call{target, source}
		if flags&(syn|acked) == syn && !slices.Contains(servers, target) {
			servers = append(servers, target)
		} else if slices.Contains(servers, source) {
			way, c = 1, call{source, target}
		}
		own := strings.HasPrefix(from, "127.") // over loopback, told once
		if flags&rst != 0 && (own || handed == 4) {
			sent++
		}
		if !own && (handed == 4) != (way == 0) {
			continue // the far side of a middlebox
		}
		d := open[c]
		if d == nil {
			d = &dialogue{leg: slices.Index(servers, c.server)}
			open[c] = d
			rows[len(rows)-1] = append(rows[len(rows)-1], d)
		}
		d.hear(way, ttl, flags, seq, ack, length)
	}
	return rows, sent
}
