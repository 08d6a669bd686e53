package diagnosis

import (
	"encoding/json"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"rstorm/results"
)

// long is a connection whose every word is as long as it can be in IPv4.
func long() *Connection {
	began := time.Unix(1_700_000_000, 0)
	return &Connection{
		File: "a.pcap", Number: 123456, Client: netip.MustParseAddrPort("192.168.100.200:51514"), Server: netip.MustParseAddrPort("192.168.100.201:65535"),
		Began: began, Ended: began.Add(1234 * time.Second), ConnState: "RSTOS0", Cause: "crash-while-receiving", Origin: results.ByUnknown, Phase: results.PhaseBody,
		Commands:      []Command{{Method: "PUT", Target: "/a", ID: "c\x1b-1"}, {Method: "GET", Target: "/b"}, {Method: "GET", Target: "/c"}, {Method: "GET", Target: "/d"}},
		DisplayFilter: "tcp.stream eq 123456", AddressFilter: "ip.addr==192.168.100.200 && tcp.port==51514",
		Ladder: "one\ntwo  \n",
	}
}

func text(tell ...*Connection) string {
	var out strings.Builder
	w := newText(&out)
	w.Open("a\x1b[2J.pcap", 1_700_000_000_000_000_000)
	for _, c := range tell {
		w.Tell(c)
	}
	w.Close(new(sums).report())
	if err := w.Flush(); err != nil {
		panic(err)
	}
	return out.String()
}

func TestLinesForPeopleFitAndHoldNothingThatATerminalObeys(t *testing.T) {
	got := text(long())
	for line := range strings.Lines(got) {
		if n := len(strings.TrimRight(line, "\n")); n > 112 && !strings.Contains(line, "123456  ") || strings.TrimRight(line, " \n") != strings.TrimRight(line, "\n") {
			t.Errorf("%d columns: %q", n, line)
		}
	}
	for _, want := range []string{
		`a\x1b[2J.pcap: first packet at 2023-11-14T22:13:20Z`,
		"123456  1234.000000  192.168.100.200:51514 -> 192.168.100.201:65535  RSTOS0  unknown  crash-while-receiving  PUT /a [c\\x1b-1], GET /b, and 2 more, within the answer's body\n",
		"\n  one\n  two\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
}

func TestNeighboursAreNamedTogether(t *testing.T) {
	c := long()
	c.Cause, c.Candidates = "close-race", []string{"close-race", "idle-timeout-race"}
	if got := text(c); !strings.Contains(got, "  close-race or idle-timeout-race  PUT /a") {
		t.Error(got)
	}
	c.Candidates = append(c.Candidates, "half-close", "process-exit")
	if got := text(c); !strings.Contains(got, "  close-race or idle-timeout-race or 2 more  PUT /a") || !strings.Contains(got, "        or half-close or process-exit\n") {
		t.Error(got)
	}
	c.Cause, c.Candidates = "", nil
	if got := text(c); !strings.Contains(got, "  -                      PUT /a") {
		t.Error(got)
	}
}

func TestAReportThatHoldsNothingHasEmptyListsAndMaps(t *testing.T) {
	var out strings.Builder
	w := newJSON(&out)
	w.Close(new(sums).report())
	if err := w.Flush(); err != nil || !json.Valid([]byte(out.String())) || strings.Contains(out.String(), "null") {
		t.Errorf("%v\n%s", err, out.String())
	}
	out.Reset()
	w = newJSON(&out)
	w.Tell(&Connection{})
	w.Tell(&Connection{})
	w.Close(new(sums).report())
	if err := w.Flush(); err != nil || !json.Valid([]byte(out.String())) || strings.Contains(out.String(), "null") {
		t.Errorf("%v\n%s", err, out.String())
	}
}

// full is a writer on a full disk.
type full struct{ error }

func (f full) Write([]byte) (int, error) { return 0, f.error }

func TestAWriterRemembersThatItFailed(t *testing.T) {
	why := errors.New("no space left on device")
	for _, format := range Formats {
		w := format.New(full{why})
		w.Open("a.pcap", 0)
		w.Tell(long())
		first := w.Flush()
		w.Close(new(sums).report())
		if err := w.Flush(); !errors.Is(first, why) || !errors.Is(err, why) {
			t.Errorf("%s: %v, then %v", format.Name, first, err)
		}
	}
}
