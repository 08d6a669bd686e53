package runner

import (
	"net/netip"
	"testing"
	"time"

	"rstorm/device"
	"rstorm/faults"
	"rstorm/link"
	"rstorm/packet"
	"rstorm/results"
)

func TestTheDevicesRecordNamesTheCause(t *testing.T) {
	for _, tt := range []struct {
		ended  device.Ending
		unread int
		tls    bool
		want   string
	}{
		{"reset at before-forward", 0, false, "reset-before-response"},
		{"reset at response", 0, false, "reset-mid-response"},
		{"reset at after-response", 0, false, "abort-after-response"},
		{"crash at response", 0, false, "crash-mid-response"},
		{"crash at request", 900, false, "crash-while-receiving"},
		{"crash at idle", 10, false, "crash-before-response"},
		{"exit at after-response", 10, false, "process-exit"},
		{"vanish at after-response", 0, false, "unknown-connection"},
		{"close at after-response", 150, false, "close-collision"},
		{"close at after-response", 0, false, ""},
		{"close at idle", 150, false, "idle-timeout-race"},
		{"close at request", 150, false, "unread-data"},
		{"close at after-response", 24, true, "unread-data"}, // the client's goodbye
		{"close at after-response", 24, false, "close-collision"},
		{"close at idle", 24, true, "unread-data"},
		{"close at idle", 150, true, "idle-timeout-race"},
		{"truncate at response", 0, true, "protocol-error"},
		{"malform at response", 0, false, "protocol-error"},
		{"half-close at after-response", 150, false, ""},
		{device.RateLimit, 0, false, "defence-reset"},
		{device.ConnectionLimit, 0, false, "connection-limit"},
		{device.RequestRejected, 1000, false, "request-too-large"},
		{device.CloseHonoured, 0, true, "unread-data"},
		{device.ClientClosed, 0, false, ""},
		{"", -1, false, ""},
	} {
		if got := deviceCause(&device.Connection{Ended: tt.ended, Unread: tt.unread}, tt.tls); got != tt.want {
			t.Errorf("%q with %d bytes unread: %q, want %q", tt.ended, tt.unread, got, tt.want)
		}
		if tt.want != "" && !results.IsCause(tt.want) {
			t.Errorf("%s is no row of the catalogue", tt.want)
		}
	}
}

func TestAConnectionIsFoundByThePortItCameFromAndWhen(t *testing.T) {
	port := netip.MustParseAddrPort("127.0.0.1:40000")
	find := byPort([]device.Connection{{Number: 1, Client: port, Opened: 1}, {Number: 2, Client: port, Opened: 50 * time.Millisecond}})
	for closed, want := range map[time.Duration]int{10 * time.Millisecond: 1, 90 * time.Millisecond: 2} {
		if got := find(&link.Connection{Device: port, Closed: closed}); got == nil || got.Number != want {
			t.Errorf("closed at %v: %+v, want connection %d", closed, got, want)
		}
	}
	if got := find(&link.Connection{}); got != nil {
		t.Errorf("a connection that never reached the device is %+v", got)
	}
}

func TestAForgedResetIsTheWaysAndNotTheClients(t *testing.T) {
	at := func(d time.Duration) []packet.Record { return []packet.Record{{RST: &packet.RST{At: d}}} }
	for _, tt := range []struct {
		name   string
		forged []packet.Record
		want   results.Connection
	}{
		{"none", nil, results.Connection{Reset: results.ByClient, Cause: "client-abort"}},
		{"on an older connection of the port", at(1), results.Connection{Reset: results.ByClient, Cause: "client-abort"}},
		{"on this one", at(15), results.Connection{Reset: results.ByLink, First: results.ByLink, Cause: "firewall-reject"}},
	} {
		got := results.Connection{Reset: results.ByClient, Cause: "client-abort"}
		filtered(&got, &link.Connection{Opened: 10, Closed: 20}, tt.forged)
		if got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

func TestWhatTheMiddleboxLostIsSaid(t *testing.T) {
	if notes := lostPackets(packet.Counts{Packets: 9, Struck: map[faults.Effect]int{faults.Drop: 1, faults.Inject: 2}}, 3); notes != nil {
		t.Errorf("nothing was lost, and it says %q", notes)
	}
	if notes := lostPackets(packet.Counts{Struck: map[faults.Effect]int{faults.Drop: 4}, Overflowed: 2, Unsent: 1}, 3); len(notes) != 2 {
		t.Errorf("it says %q", notes)
	}
}
