package runner

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"rstorm/device"
	"rstorm/link"
	"rstorm/results"
)

// endpoint is the address that a link calls a device from.
var endpoint = netip.MustParseAddrPort("127.0.0.1:40000")

func fields(s string) []string { return strings.Fields(s) }

// joined are all causes that f leaves.
func joined(f *results.Finding) string { return strings.Join(candidates(f), " ") }

// Whoever waits in a full device's queue until it gives up has met the device's
// limit, whatever its kernel sends later.
func TestAWaitInTheQueueIsTheDevicesLimit(t *testing.T) {
	const ms = time.Millisecond
	at := func(opened time.Duration) *device.Connection { return &device.Connection{Opened: opened} }
	for _, tt := range []struct {
		name      string
		outcome   results.Outcome
		called    time.Duration
		connected time.Duration
		device    *device.Connection
		possible  string
		queued    bool
	}{
		{"accepted long after its client gave up", results.TimedOut, 10 * ms, 10 * ms, at(300 * ms), "client-abort connection-limit", true},
		{"never accepted", results.TimedOut, 10 * ms, 10 * ms, nil, "client-abort connection-limit", true},
		{"its call was dropped, and repeated", results.TimedOut, 10 * ms, 1010 * ms, at(1010 * ms), "client-abort connection-limit", true},
		{"accepted shortly before its client gave up", results.TimedOut, 10 * ms, 10 * ms, at(90 * ms), "client-abort connection-limit", true},
		{"accepted at once, by a slow device", results.TimedOut, 10 * ms, 10 * ms, at(11 * ms), "client-abort connection-limit", false},
		{"on a connection of old", results.TimedOut, 1 * ms, 1 * ms, at(2 * ms), "client-abort connection-limit", false},
		{"a device without a limit", results.TimedOut, 10 * ms, 10 * ms, at(300 * ms), "client-abort", false},
		{"reset instead", results.Reset, 10 * ms, 10 * ms, at(300 * ms), "client-abort connection-limit", false},
		{"never called", results.TimedOut, -1, -1, nil, "client-abort connection-limit", false},
	} {
		n := incident{log: &link.Connection{Called: tt.called, Connected: tt.connected, Device: endpoint}, device: tt.device,
			failed: []failure{{&results.Failure{Outcome: tt.outcome, Sent: 9 * ms, Done: 109 * ms}, &results.Record{}}}}
		f := results.Finding{Cause: "client-abort", Origin: results.ByClient}
		if got := n.queued(&f, &inquiry{recorded: true, possible: fields(tt.possible)}); got != tt.queued {
			t.Errorf("%s: queued %v: %q", tt.name, got, f.Evidence)
		}
		want := map[bool]string{true: "connection-limit", false: "client-abort"}[tt.queued]
		if joined(&f) != want || f.Origin != results.ByClient || (len(f.Evidence) > 0) != tt.queued {
			t.Errorf("%s: %s by the %s: %q", tt.name, joined(&f), f.Origin, f.Evidence)
		}
	}
}

// net/http sends a refused stream again unasked and tells nobody why.
func TestARefusedStreamIsInTheDevicesRecord(t *testing.T) {
	command := &results.Record{ID: results.CommandID{Client: 0, Seq: 3}}
	for _, tt := range []struct {
		name    string
		outcome results.Outcome
		refused []string
		want    string
	}{
		{"its stream was reset", results.Failed, []string{"0-1", "0-3"}, "h2-rst-stream"},
		{"another's was", results.Failed, []string{"0-1"}, "client-abort"},
		{"the connection was, later", results.Reset, []string{"0-3"}, "client-abort"},
	} {
		n := incident{device: &device.Connection{Refused: tt.refused}, failed: []failure{{&results.Failure{Outcome: tt.outcome}, command}}}
		f := results.Finding{Cause: "client-abort"}
		if n.refused(&f) != (tt.want == "h2-rst-stream") || joined(&f) != tt.want {
			t.Errorf("%s: %s: %q", tt.name, joined(&f), f.Evidence)
		}
	}
}

func TestWhatFollowsAGoAwayCameOfIt(t *testing.T) {
	for _, tt := range []struct {
		ended     device.Ending
		outcome   results.Outcome
		dismissed bool
	}{
		{"goaway at before-forward", results.Failed, true},
		{"goaway at before-forward", results.Reset, true},
		{"goaway at before-forward", results.TimedOut, false},
		{device.ClientClosed, results.Failed, false},
	} {
		n := incident{device: &device.Connection{Ended: tt.ended}, failed: []failure{{&results.Failure{Outcome: tt.outcome}, &results.Record{}}}}
		f := results.Finding{Cause: "client-abort"}
		if n.dismissed(&f) != tt.dismissed || (joined(&f) == "h2-goaway") != tt.dismissed {
			t.Errorf("%s, then %s: %s", tt.ended, tt.outcome, joined(&f))
		}
	}
}
