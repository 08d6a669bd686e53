package runner

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"rstorm/faults"
	"rstorm/results"
	"rstorm/scenarios"
)

func TestARecordDecidesAmongWhatTheWireLeaves(t *testing.T) {
	for _, tt := range []struct {
		name          string
		seen, allowed string // the likeliest first
		want          string
		agrees        bool
	}{
		{"nothing is said", "refused firewall-reject", "", "refused firewall-reject", true},
		{"one of them is said", "close-collision reset-before-response", "reset-before-response", "reset-before-response", true},
		{"several of them are", "refused firewall-reject connection-limit", "connection-limit refused", "refused connection-limit", true},
		{"what the wire can't see is said", "reset-before-response unread-data", "crash-before-response", "crash-before-response", true},
		{"nothing was seen", "", "half-close close-race", "half-close close-race", true},
		{"nothing was understood", "unknown", "process-exit", "process-exit", true},
		{"a contradiction", "reset-mid-response", "stale-reuse", "reset-mid-response", false},
		{"another", "refused", "reset-before-response", "refused", false},
	} {
		var f results.Finding
		if all := strings.Fields(tt.seen); len(all) > 0 {
			settle(&f, all)
		}
		if agrees := resolve(&f, strings.Fields(tt.allowed)); agrees != tt.agrees || strings.Join(candidates(&f), " ") != tt.want {
			t.Errorf("%s: %v, agrees %v; want %s, %v", tt.name, candidates(&f), agrees, tt.want, tt.agrees)
		}
		if f.Certain() != (len(strings.Fields(tt.want)) == 1) {
			t.Errorf("%s: %s is certain: %v", tt.name, f.Name(), f.Certain())
		}
	}
}

func TestAnErrorOnlyNarrowsWhatTheWireLeaves(t *testing.T) {
	f := results.Finding{Cause: "client-abort", Candidates: []string{"client-abort", "protocol-error"}}
	if narrow(&f, []string{"refused"}); f.Name() != "client-abort or protocol-error" {
		t.Errorf("an error that fits nothing made it %s", f.Name())
	}
	if narrow(&f, byErrno(&results.Failure{Outcome: results.Failed, Phase: results.PhaseBody})); f.Name() != "protocol-error" || !f.Certain() {
		t.Errorf("an error about the answer made it %s", f.Name())
	}
}

func TestTheTablesOfCausesSpeakOfTheCatalogue(t *testing.T) {
	var all []string
	for seen, more := range finer {
		all = append(append(all, seen), more...)
	}
	for effect, causes := range brings {
		if !slices.Contains(faults.Effect("").Names(), string(effect)) {
			t.Errorf("%s is no effect", effect)
		}
		all = append(all, causes...)
	}
	for _, causes := range leaves {
		all = append(all, causes...)
	}
	for _, tt := range tolds {
		all = append(all, tt.causes...)
	}
	for _, id := range certainties {
		all = append(all, id)
	}
	for _, id := range all {
		if !results.IsCause(id) {
			t.Errorf("%s is no row of the catalogue", id)
		}
	}
}

// Whatever a scenario of the catalogue is there to show can come about in it, as
// the runner reads its profile.
func TestWhatAScenarioShowsIsPossibleInIt(t *testing.T) {
	s, err := scenarios.Parse("catalogue.yaml", strings.NewReader(string(scenarios.Catalogue)))
	if err != nil {
		t.Fatal(err)
	}
	for _, sc := range s.Scenarios {
		for _, id := range sc.Shows {
			if all := possible(&sc); !slices.Contains(all, id) {
				t.Errorf("%s shows %s, and only %v can come about", sc.Name, id, all)
			}
		}
	}
}

func TestAServerIsKnownByItsAddress(t *testing.T) {
	for _, tt := range []struct {
		address, packet string
		is              bool
	}{
		{"127.0.0.1:80", "127.0.0.1:80", true},
		{"127.0.0.1:80", "127.0.0.1:81", false},
		{"127.0.0.1:80", "10.0.0.1:80", false},
		{"[::1]:80", "[::1]:80", true},
		{"[::]:80", "10.0.0.1:80", true},
		{"device.local:80", "10.0.0.1:80", true},
		{"[::ffff:10.0.0.1]:80", "10.0.0.1:80", true},
	} {
		s, err := at(farLeg, tt.address)
		if err != nil {
			t.Fatal(err)
		}
		if s.is(netip.MustParseAddrPort(tt.packet)) != tt.is {
			t.Errorf("a packet of %s is one of %s: %v", tt.packet, tt.address, !tt.is)
		}
	}
	for _, bad := range []string{"", "127.0.0.1", "127.0.0.1:http", "127.0.0.1:70000"} {
		if _, err := at(farLeg, bad); err == nil {
			t.Errorf("%q is an address", bad)
		}
	}
}

// Trials may share a server: a real device's.
func TestPacketsFindTheirTrials(t *testing.T) {
	shared, own := server{farLeg, netip.MustParseAddr("10.0.0.1"), 80}, server{nearLeg, netip.MustParseAddr("127.0.0.1"), 80}
	a, b := &tap{servers: []server{shared}}, &tap{servers: []server{shared, own}}
	both := doors{}.with(a).with(b)
	find := func(d *doors, addr string) []*tap { return d.find(netip.MustParseAddrPort(addr)) }
	if got := find(both, "10.0.0.1:80"); len(got) != 2 {
		t.Errorf("%d trials hear the device they share", len(got))
	}
	if got := find(both, "127.0.0.1:80"); len(got) != 1 || got[0] != b {
		t.Errorf("%d trials hear what is one's own", len(got))
	}
	left := both.without(a)
	if got := find(left, "10.0.0.1:80"); len(got) != 1 || got[0] != b || len(find(both, "10.0.0.1:80")) != 2 {
		t.Error("one left, and the other hears nothing, or what was handed out has changed")
	}
	if got := left.without(b); len(*got) != 0 {
		t.Errorf("all left, and %v is there", got)
	}
}
