package pcap_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"rstorm/wire"
	"rstorm/wire/pcap"
	"rstorm/wire/wiretest"
)

// tshark reads a file with tshark, and gives the fields of each packet as text:
// values of one field are separated by "|". A packet without a field has "".
func tshark(t testing.TB, file string, fields ...string) [][]string {
	t.Helper()
	args := []string{"-n", "-r", file, "-T", "fields", "-E", "separator=/t", "-E", "aggregator=|"}
	for _, f := range fields {
		args = append(args, "-e", f)
	}
	out := runTshark(t, args...)
	var rows [][]string
	for line := range strings.Lines(string(out)) {
		rows = append(rows, strings.Split(strings.TrimSuffix(line, "\n"), "\t"))
	}
	return rows
}

// runTshark runs tshark, or skips the test where there is none.
func runTshark(t testing.TB, args ...string) []byte {
	t.Helper()
	path, err := exec.LookPath("tshark")
	if err != nil {
		t.Skip("tshark is not installed, so there is nothing to compare with")
	}
	out, err := exec.CommandContext(t.Context(), path, args...).Output()
	if failed, ok := err.(*exec.ExitError); ok {
		t.Fatalf("%v: %s", err, failed.Stderr)
	} else if err != nil {
		t.Fatal(err)
	}
	return out
}

// put writes a capture into a file of its own.
func put(t testing.TB, content []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "capture")
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// rows are the packets of a capture as tshark's fields have them: number, time,
// lengths on the wire and captured, comments.
func rows(t *testing.T, content []byte) (rows [][]string) {
	t.Helper()
	r, err := pcap.NewReader(bytes.NewReader(content))
	var p wire.Packet
	for err == nil {
		if err = r.Next(&p); err == nil {
			at := ""
			if p.At != 0 {
				at = fmt.Sprintf("%d.%09d", p.At/1e9, p.At%1e9)
			}
			rows = append(rows, []string{strconv.Itoa(p.Number), at, strconv.Itoa(p.Length), strconv.Itoa(len(p.Data)), strings.Join(r.Comments(), "|")})
		}
	}
	return rows
}

var packetFields = []string{"frame.number", "frame.time_epoch", "frame.len", "frame.cap_len", "frame.comment"}

// sameRows compares packets one by one.
func sameRows(t *testing.T, name string, ours, theirs [][]string) {
	t.Helper()
	if len(ours) != len(theirs) || len(ours) == 0 {
		t.Fatalf("%s: we read %d packets, tshark %d", name, len(ours), len(theirs))
	}
	for i := range ours {
		if strings.Join(ours[i], "\t") != strings.Join(theirs[i], "\t") {
			t.Errorf("%s: we read %q, tshark %q", name, ours[i], theirs[i])
		}
	}
}

func TestTsharkReadsTheSamePackets(t *testing.T) {
	for name, file := range pcap.Variants() {
		sameRows(t, name, rows(t, file), tshark(t, put(t, file), packetFields...))
	}
}

func TestPacketsHaveTheNumbersOfTshark(t *testing.T) {
	var numbers []string
	for _, row := range tshark(t, put(t, pcap.Numbered()), "frame.number", "frame.interface_name", "frame.time_epoch") {
		if row[1] != "" && strings.HasPrefix(row[2], "0.") {
			numbers = append(numbers, row[0])
		}
	}
	var ours []string
	for _, row := range rows(t, pcap.Numbered()) {
		ours = append(ours, row[0])
	}
	if len(ours) != 3 || fmt.Sprint(ours) != fmt.Sprint(numbers) {
		t.Errorf("we number packets %v, tshark %v", ours, numbers)
	}
}

func TestTsharkReadsWhatWeWrite(t *testing.T) {
	tape := wiretest.Golden()
	var file bytes.Buffer
	w, err := pcap.NewWriter(&file, pcap.Capture{Interfaces: []string{"client", "device"}, Link: wire.LinkRaw, Snap: 256, Application: "rstorm"})
	if err != nil {
		t.Fatal(err)
	}
	var want [][]string
	for i, p := range tape.Packets {
		p.Interface = i % 2
		comments := []string{fmt.Sprintf("command %d: close-race", i), "größer: \"x\" < 'y'"}[:i%3]
		if err := w.Write(&p, comments...); err != nil {
			t.Fatal(err)
		}
		want = append(want, []string{
			strconv.Itoa(p.Number), fmt.Sprintf("%d.%09d", p.At/1e9, p.At%1e9), strconv.Itoa(p.Length), strconv.Itoa(len(p.Data)),
			strings.Join(comments, "|"), []string{"client", "device"}[i%2], "raw:ip:tcp",
		})
	}
	if err := w.Drop(1, 7); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	got := tshark(t, put(t, file.Bytes()), append(packetFields, "frame.interface_name", "frame.protocols")...)
	for i := range got {
		got[i][6] = strings.Join(strings.Split(got[i][6], ":")[:3], ":") // what HTTP carries is not ours
	}
	sameRows(t, "golden", want, got)
	sameRows(t, "golden", rows(t, file.Bytes()), tshark(t, put(t, file.Bytes()), packetFields...))
}
