package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"rstorm/wire"
	"slices"
	"strings"
	"testing"
	"time"

	"rstorm/results"
	"rstorm/wire/diagnosis"
	"rstorm/wire/pcap"
	"rstorm/wire/wiretest"
)

// fieldCase is the capture that this project grew from.
const fieldCase = "testdata/close-race.pcapng"

// capture is a tape as a file.
func capture(t testing.TB, tape *wiretest.Tape) []byte {
	t.Helper()
	var file bytes.Buffer
	w, err := pcap.NewWriter(&file, pcap.Capture{Interfaces: []string{"wlan0"}, Link: tape.Packets[0].Link})
	if err != nil {
		t.Fatal(err)
	}
	for i := range tape.Packets {
		if err := w.Write(&tape.Packets[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// save writes a capture for a test.
func save(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// A told diagnosis is what --format json prints.
type told struct {
	Connections []diagnosis.Connection `json:"connections"`
	diagnosis.Report
}

func parsed(t testing.TB, text string) told {
	t.Helper()
	var d told
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return d
}

func TestTheCapturedFieldCaseIsWhatWeSayItIs(t *testing.T) {
	made := capture(t, wiretest.Golden())
	if *update {
		if err := os.WriteFile(fieldCase, made, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(fieldCase)
	if err != nil || !bytes.Equal(kept, made) {
		t.Errorf("%s is not the field case: %v", fieldCase, err)
	}
}

func TestTheFieldCaseIsACloseRaceThatNoCheckCouldHavePrevented(t *testing.T) {
	code, stdout, stderr := do(t, t.Context(), "", "diagnose", fieldCase)
	golden := "testdata/diagnose.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(stdout), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if code != exitFailed || stderr != "" || stdout != string(want) {
		t.Errorf("exit %d, %s\n%s\nwant\n%s", code, stderr, stdout, want)
	}
	flat := strings.Join(strings.Fields(stdout), " ")
	for _, words := range []string{"close-race", "hecking before reuse could not have helped", "fresh connection", "GET /query/state", "tcp.stream eq 0"} {
		if !strings.Contains(flat, words) {
			t.Errorf("it does not say %q:\n%s", words, stdout)
		}
	}
	client, device, _ := strings.Cut(flat[strings.Index(flat, "What to do about close-race"):], " device: ")
	if !strings.Contains(client, "send a command again") || !strings.Contains(device, "Connection: close") {
		t.Errorf("the cures are not named: client %q, device %q", client, device)
	}
}

func TestTheFieldCaseForPrograms(t *testing.T) {
	code, stdout, stderr := do(t, t.Context(), "", "diagnose", "--format", "json", fieldCase)
	if code != exitFailed || stderr != "" {
		t.Fatalf("exit %d, %s", code, stderr)
	}
	d := parsed(t, stdout)
	if len(d.Connections) != 1 {
		t.Fatalf("connections: %+v", d.Connections)
	}
	c := d.Connections[0]
	if c.Client.String() != "192.168.0.20:51514" || c.Server.String() != "192.168.0.75:80" || c.Cause != "close-race" || c.Resets != 3 ||
		c.ConnState != "SF" || c.Origin != results.ByDevice || c.Phase != results.PhaseWait || !c.Midstream {
		t.Errorf("connection: %+v", c)
	}
	if !slices.Contains(c.Packets, 3) || !slices.Contains(c.Packets, 4) {
		t.Errorf("it does not rest on the request and the FIN: %v", c.Packets)
	}
	if want := (diagnosis.Command{Method: "GET", Target: "/query/state", Packet: 3}); len(c.Commands) != 1 || c.Commands[0] != want {
		t.Errorf("commands: %+v, want %+v", c.Commands, want)
	}
	if s := d.Totals; s.Connections != 1 || s.Bad != 1 || s.Resets != 1 || s.RSTPackets != 3 || s.FINs != 2 || s.ByCause["close-race"] != 1 || d.Partial {
		t.Errorf("totals: %+v", s)
	}
	for _, key := range []string{`"conn_state":"`, `"by_cause":{"close-race":1}`, `"display_filter":"tcp.stream eq 0"`, `"evidence":["`} {
		if !strings.Contains(stdout, key) {
			t.Errorf("no %s in\n%s", key, stdout)
		}
	}
}

// calls is a tape of connections that each ask once: the first bad ones are
// reset instead of answered.
func calls(good, bad int) *wiretest.Tape {
	tape := wiretest.New()
	for i := range good + bad {
		c := tape.Call(fmt.Sprintf("10.0.0.%d:%d", 1+i%200, 40000+i), "10.0.1.1:80")
		c.Handshake()
		c.Send(wire.Up, wire.PSH|wire.ACK, "PUT /put/ctrl?x=<b>&y=\x1b[31m HTTP/1.1\r\nHost: d\r\nContent-Length: 0\r\n\r\n")
		if i < bad {
			c.Send(wire.Down, wire.RST|wire.ACK, "")
			continue
		}
		c.Send(wire.Down, wire.PSH|wire.ACK, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
		c.Send(wire.Up, wire.FIN|wire.ACK, "")
		c.Send(wire.Down, wire.FIN|wire.ACK, "")
		c.Send(wire.Up, wire.ACK, "")
		tape.Wait(time.Second)
	}
	return tape
}

func TestWhichConnectionsAreToldOf(t *testing.T) {
	file := save(t, "calls.pcapng", capture(t, calls(3, 2)))
	for _, tt := range []struct {
		name    string
		args    []string
		code    int
		numbers []int
		total   int
		drawn   int
	}{
		{"those that ended badly", nil, exitFailed, []int{0, 1}, 5, 2},
		{"all", []string{"--all", "--ladder", "1"}, exitFailed, []int{0, 1, 2, 3, 4}, 5, 1},
		{"by number", []string{"--conn", "3,0"}, exitFailed, []int{0, 3}, 2, 2},
		{"a good one", []string{"--conn", "3"}, exitHeld, []int{3}, 1, 1},
		{"of a host", []string{"--host", "10.0.0.2", "--ladder", "0"}, exitFailed, []int{1}, 1, 0},
		{"of a network", []string{"--host", "10.0.0.0/30"}, exitFailed, []int{0, 1}, 3, 2},
		{"of a client's port", []string{"--port", "40004", "--all"}, exitHeld, []int{4}, 1, 0},
		{"of the server's port", []string{"--port", "80", "--mermaid"}, exitFailed, []int{0, 1}, 5, 2},
		{"since an offset", []string{"--since", "1.5s", "--all"}, exitHeld, []int{4}, 1, 0},
		{"since a time", []string{"--since", "2023-11-14T22:13:20.5Z", "--all"}, exitHeld, []int{3, 4}, 2, 0},
		{"since the beginning", []string{"--since", "0s"}, exitFailed, []int{0, 1}, 5, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			code, stdout, stderr := do(t, t.Context(), "", append([]string{"diagnose", "--format", "json", file}, tt.args...)...)
			d := parsed(t, stdout)
			var numbers []int
			drawn := 0
			for _, c := range d.Connections {
				numbers = append(numbers, c.Number)
				if c.Ladder+c.Diagram != "" {
					drawn++
				}
			}
			slices.Sort(numbers)
			if code != tt.code || stderr != "" || !slices.Equal(numbers, tt.numbers) || d.Totals.Connections != tt.total || drawn != tt.drawn {
				t.Errorf("exit %d %s, connections %v of %d, drawn %d", code, stderr, numbers, d.Totals.Connections, drawn)
			}
		})
	}
}

func TestWhatIsHostileIsShownAndNotObeyed(t *testing.T) {
	file := save(t, "calls.pcapng", capture(t, calls(0, 1)))
	for _, format := range diagnosisFormats() {
		_, stdout, _ := do(t, t.Context(), "", "diagnose", "--format", format, file)
		if strings.ContainsRune(stdout, '\x1b') || !strings.Contains(stdout, "PUT /put/ctrl?x=<b>&y=") && !strings.Contains(stdout, `"/put/ctrl?x=<b>&y=`) {
			t.Errorf("%s:\n%s", format, stdout)
		}
	}
}

func TestSeveralFilesAreOneRun(t *testing.T) {
	one, two := save(t, "one.pcapng", capture(t, calls(1, 1))), save(t, "two.pcapng", capture(t, calls(0, 2)))
	code, stdout, _ := do(t, t.Context(), string(capture(t, wiretest.Golden())), "diagnose", "--format", "json", one, "-", two)
	d := parsed(t, stdout)
	var files []string
	for _, c := range d.Connections {
		files = append(files, c.File)
	}
	if want := []string{one, "standard input", two, two}; code != exitFailed || !slices.Equal(files, want) {
		t.Errorf("exit %d, files %v, want %v", code, files, want)
	}
	if d.Totals.Connections != 5 || d.Connections[3].Number != 1 || d.Totals.Packets.Read != 9+13+10 {
		t.Errorf("totals %+v", d.Totals)
	}
	if _, stdout, _ := do(t, t.Context(), "", "diagnose", one, two); strings.Count(stdout, ": first packet at 2023-11-14T22:13:20Z\n") != 2 {
		t.Errorf("files are not told apart:\n%s", stdout)
	}
}

func TestWhatCanNotBeDiagnosed(t *testing.T) {
	whole, folder := capture(t, calls(1, 1)), t.TempDir()
	good := save(t, "good.pcapng", whole)
	cut := save(t, "cut.pcapng", whole[:len(whole)-150])
	text := save(t, "notes.txt", []byte("these are notes, and no capture\n"))
	nothing := save(t, "empty.pcap", nil)
	udp := wiretest.New()
	udp.Call("10.0.0.1:1", "10.0.0.2:2").Handshake()
	for i := range udp.Packets {
		udp.Packets[i].Data[9] = 17
	}
	strange := wiretest.New()
	strange.Call("10.0.0.1:1", "10.0.0.2:2").Handshake()
	for i := range strange.Packets {
		strange.Packets[i].Link = 105
	}
	for _, tt := range []struct {
		name           string
		args           []string
		code           int
		stdout, stderr string
	}{
		{"no file", nil, exitUsage, "", "no capture to read"},
		{"a missing file", []string{good, filepath.Join(folder, "none")}, exitUsage, "", "none: no such file"},
		{"a folder", []string{folder}, exitUsage, "", "is a directory, want a capture"},
		{"an empty file", []string{nothing}, exitUsage, "PARTIAL", "empty.pcap: byte 0 of the capture"},
		{"no capture", []string{text}, exitUsage, "0 connections", "notes.txt: byte 0 of the capture: not a capture"},
		{"cut off", []string{cut}, exitBroken, "PARTIAL", "cut.pcapng: byte "},
		{"one of two", []string{text, good}, exitBroken, "reset-before-response", "notes.txt: byte 0"},
		{"nothing of TCP", []string{save(t, "udp.pcapng", capture(t, udp))}, exitUsage, "3 packets are not TCP over IP", "no TCP connection in 3 packets"},
		{"an unknown link", []string{save(t, "wifi.pcapng", capture(t, strange))}, exitUsage, "link type 105", "no TCP connection in 3 packets"},
		{"nothing in scope", []string{"--port", "9", good}, exitUsage, "out of scope", "none of 2 TCP connections is in scope"},
		{"a format", []string{"--format", "xml", good}, exitUsage, "", `unknown format "xml", want text, json`},
		{"a host", []string{"--host", "device.lan", good}, exitUsage, "", `--host: "device.lan" is neither`},
		{"a time", []string{"--since", "-1s", good}, exitUsage, "", `--since: "-1s" is neither`},
		{"numbers", []string{"--ladder", "-1", good}, exitUsage, "", "numbers from 0"},
		{"a picture of nothing", []string{"--ladder", "0", "--mermaid", good}, exitUsage, "", "contradict"},
		{"a scenario to nowhere", []string{"--scenario", filepath.Join(folder, "no", "x.yaml"), good}, exitBroken, "", "the scenario can't be written"},
		{"a scenario over the capture", []string{"--scenario", good, good}, exitUsage, "", "which it would write over"},
		{"port 0", []string{"--port", "0", good}, exitUsage, "", "want 1 to 65535"},
		{"a time beyond all times", []string{"--since", "9999-01-01T00:00:00Z", good}, exitUsage, "out of scope", "none of 2 TCP connections is in scope"},
		{"a scenario to a dash", []string{"--scenario", "-", good}, exitUsage, "", "--scenario wants a file"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			code, stdout, stderr := do(t, t.Context(), "", append([]string{"diagnose"}, tt.args...)...)
			if code != tt.code || !strings.Contains(stdout, tt.stdout) || !strings.Contains(stderr, tt.stderr) || tt.stdout == "" && stdout != "" {
				t.Errorf("exit %d\n%s\n%s", code, stdout, stderr)
			}
		})
	}
}

func TestSilenceIsNeverAPass(t *testing.T) {
	for _, tt := range []struct {
		name           string
		after          time.Duration // until another connection says something
		undecided, bad int
		cause          string
	}{
		{"a capture that ends too soon", 0, 2, 0, ""},
		{"one that goes on for long enough", 4 * time.Second, 0, 2, "firewall-drop"},
	} {
		tape := wiretest.New()
		for i := range 2 {
			tape.Call(fmt.Sprintf("10.0.0.1:%d", 40000+i), "10.0.1.1:80").Send(wire.Up, wire.SYN, "")
		}
		if tt.after > 0 {
			tape.Wait(tt.after)
			c := tape.Call("10.0.0.1:50000", "10.0.1.1:80")
			c.Handshake()
		}
		code, stdout, _ := do(t, t.Context(), string(capture(t, tape)), "diagnose", "--format", "json", "-")
		d := parsed(t, stdout)
		others := d.Totals.Connections - 2 // nothing was asked on them
		if code != exitFailed || d.Totals.Undecided != tt.undecided+others || d.Totals.Bad != tt.bad || tt.cause != "" && d.Totals.ByCause[tt.cause] != tt.bad || len(d.Notes) == 0 {
			t.Errorf("%s: exit %d, %+v, %q", tt.name, code, d.Totals, d.Notes)
		}
		if _, stdout, stderr := do(t, t.Context(), string(capture(t, tape)), "diagnose", "-"); tt.bad == 0 && (!strings.Contains(stdout, ", 2 undecided") || !strings.Contains(stderr, "nothing can be said")) {
			t.Errorf("%s: %s %s", tt.name, stdout, stderr)
		}
	}
}

func TestEvidenceWithoutPackets(t *testing.T) {
	_, stdout, _ := do(t, t.Context(), "", "diagnose", "--ladder", "0", "--evidence", fieldCase)
	if flat := strings.Join(strings.Fields(stdout), " "); !strings.Contains(flat, "- request #3 (GET /query/state) left 0.48 ms before") || strings.Contains(stdout, "C --> S") {
		t.Error(stdout)
	}
	_, stdout, _ = do(t, t.Context(), "", "diagnose", "--evidence", fieldCase)
	if strings.Count(stdout, "request #3 (GET /query/state)") != 1 {
		t.Errorf("a ladder has it already:\n%s", stdout)
	}
}

func TestADisplayFilterNamesEachAddressOnce(t *testing.T) {
	for _, tt := range []struct{ client, server, want string }{
		{"10.0.0.1:40000", "10.0.1.1:80", "ip.addr==10.0.0.1 && ip.addr==10.0.1.1 && tcp.port==40000 && tcp.port==80"},
		{"127.0.0.1:40000", "127.0.0.1:80", "ip.addr==127.0.0.1 && tcp.port==40000 && tcp.port==80"},
		{"[fe80::1]:80", "[fe80::2]:80", "ipv6.addr==fe80::1 && ipv6.addr==fe80::2 && tcp.srcport==80 && tcp.dstport==80"},
	} {
		tape := wiretest.New()
		c := tape.Call(tt.client, tt.server)
		c.Send(wire.Up, wire.SYN, "")
		c.Send(wire.Down, wire.RST|wire.ACK, "")
		_, stdout, _ := do(t, t.Context(), string(capture(t, tape)), "diagnose", "--format", "json", "-")
		if d := parsed(t, stdout); len(d.Connections) != 1 || d.Connections[0].AddressFilter != tt.want {
			t.Errorf("%s", stdout)
		}
	}
}

func TestACaptureCutAnywhereIsToldAsFarAsItGoes(t *testing.T) {
	whole := capture(t, calls(1, 1))
	for n := range len(whole) {
		code, stdout, stderr := do(t, t.Context(), string(whole[:n]), "diagnose", "--format", "json", "-")
		d := parsed(t, stdout)
		if code == exitHeld && (d.Partial || d.Totals.Connections == 0) || d.Partial != (stderr != "" && !strings.Contains(stderr, "no TCP connection") && !strings.Contains(stderr, "nothing can be said")) || d.Partial && len(d.Notes) == 0 {
			t.Errorf("%d bytes: exit %d, partial %v, notes %v, %s", n, code, d.Partial, d.Notes, stderr)
		}
	}
}

func TestCtrlCPrintsWhatIsKnownOfACaptureThatIsBeingMade(t *testing.T) {
	for _, format := range diagnosisFormats() {
		ctx, interrupt := context.WithCancel(t.Context())
		in, feed := io.Pipe()
		out, printed := io.Pipe()
		var code int
		var stderr, text bytes.Buffer
		done := make(chan struct{})
		go func() {
			defer close(done)
			code = run(ctx, []string{"diagnose", "--format", format, "-"}, in, printed, &stderr)
			printed.Close()
		}()
		go feed.Write(capture(t, renewed())) // to the end, then nothing comes any more
		b := make([]byte, 1<<16)
		for !bytes.Contains(text.Bytes(), []byte("reset-before-response")) {
			n, err := out.Read(b)
			if err != nil {
				t.Fatal(err)
			}
			text.Write(b[:n])
		}
		interrupt()
		io.Copy(&text, out)
		<-done
		feed.Close()
		if code != exitInterrupted || !strings.Contains(stderr.String(), "standard input: interrupted after ") {
			t.Errorf("exit %d: %s", code, stderr.String())
		}
		if format == "json" {
			if d := parsed(t, text.String()); !d.Partial || d.Totals.Bad == 0 {
				t.Errorf("%+v", d)
			}
		} else if !strings.Contains(text.String(), "PARTIAL") {
			t.Errorf("%s", text.String())
		}
	}
}

// renewed is a tape of a connection that was reset, and of one that took its
// ports: the first is over then.
func renewed() *wiretest.Tape {
	tape := calls(0, 1)
	tape.Wait(time.Hour)
	c := tape.Call("10.0.0.1:40000", "10.0.1.1:80")
	c.Ends[wire.Up].First = 7_000_000
	c.Handshake()
	return tape
}

func TestAPrinterThatFailsIsTheHarnesssFailure(t *testing.T) {
	for _, format := range diagnosisFormats() {
		var stderr bytes.Buffer
		if code := run(t.Context(), []string{"diagnose", "--format", format, fieldCase}, nil, full{}, &stderr); code != exitBroken || strings.Count(stderr.String(), "no space left") != 1 {
			t.Errorf("%s: exit %d, %s", format, code, stderr.String())
		}
	}
}
