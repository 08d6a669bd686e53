package clients

import (
	"fmt"
	"strings"
	"testing"

	"rstorm/device"
	"rstorm/faults"
	"rstorm/results"
)

// What the presets make of devices whose way to treat connections leaves nothing
// to the moment: as measured in the field with the clients they model. Of 200
// commands, PUT and GET by turns: how many failed of each, were executed more
// than once, and how many connections it took.
func TestPresets(t *testing.T) {
	ignores := faults.Fault{Effect: faults.IgnoreClose, Point: faults.AfterResponse}
	var struck []string // 20 PUT and 20 GET
	for i := 4; i < 200; i += 5 {
		struck = append(struck, fmt.Sprintf("0-%d", i))
	}
	after := faults.Fault{Effect: faults.Reset, Point: faults.AfterForward, Selector: faults.Selector{Commands: struck, Attempts: []int{1}}}
	second := faults.Fault{Effect: faults.Reset, Point: faults.BeforeForward, Selector: faults.Selector{Exchanges: []int{2}}}
	for _, tt := range []struct {
		name   string
		device device.Profile
		want   map[string]string
	}{
		{"keeps its connections", device.Profile{}, map[string]string{
			"naive": "f0/0 d0/0 c1", "peek": "f0/0 d0/0 c1", "events": "f0/0 d0/0 c1", "close": "f0/0 d0/0 c200", "refresh": "f0/0 d0/0 c200",
			"close-header-only": "f0/0 d0/0 c200", "retry": "f0/0 d0/0 c1", "go-default": "f0/0 d0/0",
		}},
		{"ignores Connection: close", device.Profile{Faults: []faults.Fault{ignores}}, map[string]string{
			"close": "f0/0 d0/0 c200", "refresh": "f0/0 d0/0 c200", "close-header-only": "f0/0 d0/0 c1",
		}},
		{"ignores it, and gives one answer per connection", device.Profile{Faults: []faults.Fault{ignores, second}}, map[string]string{
			"naive": "f0/100 d0/0 c100", "close-header-only": "f0/100 d0/0 c100", "peek": "f0/100 d0/0 c100", "events": "f0/100 d0/0 c100",
			"close": "f0/0 d0/0 c200", "refresh": "f0/0 d0/0 c200",
			"retry": "f0/0 d0/0 c200", "retry-idempotent": "f0/0 d0/0 c200", "retry-stale-safe": "f0/100 d0/0 c100",
		}},
		{"executes, then resets", device.Profile{Faults: []faults.Fault{after}}, map[string]string{
			"naive": "f20/20 d0/0 c40", "peek": "f20/20 d0/0 c40", "close": "f20/20 d0/0 c200", "refresh": "f20/20 d0/0 c200",
			"retry": "f0/0 d20/20 c41", "retry-idempotent": "f0/0 d20/20 c41", "retry-stale-safe": "f20/20 d0/0 c40",
			"go-default": "f20/0 d0/20",
		}},
	} {
		for name, want := range tt.want {
			t.Run(tt.name+"/"+name, func(t *testing.T) {
				t.Parallel()
				settings := kind(t, name)
				if raw, ok := settings.(Raw); ok {
					raw.Backoff = 0
					settings = raw
				}
				got := play(t, tt.device, settings)
				if name == "go-default" { // net/http keeps no connection whose writer has not reported 50 ms after the answer
					got, _, _ = strings.Cut(got, " c")
				}
				if got != want {
					t.Errorf("got %s, want %s", got, want)
				}
			})
		}
	}
}

// play sends 200 commands to the embedded device and tells what became of them.
func play(t *testing.T, profile device.Profile, s Strategy) string {
	d, err := device.Start(device.Config{Profile: profile})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	n := Network{Host: d.Addr(), Dialer: dialTo(d.Addr())}
	c := s.Client(n)
	defer c.Close()
	var failed, twice [2]int
	for seq := range uint32(200) {
		cmd := command([]string{"PUT", "GET"}[seq%2], seq)
		if cmd.Method == "GET" {
			cmd.Target = "/query/state"
		}
		if r := do(t, c, cmd); r.Outcome != results.OK {
			failed[seq%2]++
		}
	}
	executed := map[string]int{}
	for _, e := range d.Ledger() {
		executed[e.Command]++
	}
	for seq := range uint32(200) {
		if executed[(results.CommandID{Seq: seq}).String()] > 1 {
			twice[seq%2]++
		}
	}
	return fmt.Sprintf("f%d/%d d%d/%d c%d", failed[0], failed[1], twice[0], twice[1], n.Dialer.Counts().Dials)
}
