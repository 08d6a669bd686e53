package runner

import (
	"bytes"
	"os"
	"slices"
	"testing"
	"time"

	"rstorm/device"
	"rstorm/kernel"
	"rstorm/kernel/kerneltest"
	"rstorm/results"
	"rstorm/scenarios"
	"rstorm/wire/live"
)

// Of a real device there are packets, and what this kernel says of its RSTs if it
// runs here: how, and never by whose will. What looks the same is named with it.
func TestWhatARealDeviceMayHaveDoneStaysACandidate(t *testing.T) {
	if !kerneltest.Private(t) {
		return
	}
	for _, tt := range []struct {
		scenario, strategy string
		did                []string // the first one at least once
	}{
		{"closed with unread data", "naive", []string{"unread-data"}},
		{"too fast", "close", []string{"defence-reset"}},
		{"slots taken, reset", "naive", []string{"connection-limit"}},
		{"slots taken, queued", "naive", []string{"connection-limit"}},
		{"missing last chunk", "naive", []string{"protocol-error"}},
		{"close collision", "naive", []string{"close-collision", "close-race", "stale-reuse"}}, // the last two on a busy machine: the close comes first
		{"reset before the answer", "close", []string{"reset-before-response"}},
		{"reset within the answer", "close", []string{"reset-mid-response"}},
	} {
		t.Run(tt.scenario, func(t *testing.T) {
			sc, strategy := picked(t, tt.scenario, tt.strategy)
			d, err := device.Start(device.Config{Profile: sc.Device, Seed: 1})
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			r := target(d.Addr())
			r.Isolated, r.Capture, r.Findings = kernel.Isolated(), live.Full, 1<<20
			c, err := r.openCapture()
			if err != nil {
				t.Fatal(err)
			}
			defer c.close()
			p, err := r.play(t.Context(), common{capture: c, began: time.Now()}, job{scenario: &sc, strategy: strategy, repetition: 1})
			if err != nil {
				t.Fatal(err)
			}
			right := 0
			for _, f := range p.trial.Findings {
				if !f.Felt {
					continue
				}
				all := candidates(&f)
				if slices.Contains(all, tt.did[0]) {
					right++
				}
				if !slices.ContainsFunc(all, func(id string) bool { return slices.Contains(tt.did, id) }) {
					t.Errorf("command %s: %s: %q", f.Command, f.Name(), f.Evidence)
				}
			}
			if right == 0 {
				t.Errorf("nobody felt what may be %s", tt.did[0])
			}
		})
	}
}

// picked is a scenario of the catalogue and one of its strategies.
func picked(t *testing.T, scenario, strategy string) (scenarios.Scenario, scenarios.Strategy) {
	t.Helper()
	s, err := scenarios.Parse("catalogue.yaml", bytes.NewReader(scenarios.Catalogue))
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(s.Scenarios, func(sc scenarios.Scenario) bool { return sc.Name == scenario })
	j := slices.IndexFunc(s.Scenarios[i].Strategies, func(s scenarios.Strategy) bool { return s.Label == strategy })
	return s.Scenarios[i], s.Scenarios[i].Strategies[j]
}

// What nobody feels, because the answer was whole or the client sent again
// unasked, is named as well, and by what the device did: never by the death of a
// process that lived on.
func TestWhatNobodyFeelsIsNamedAsWell(t *testing.T) {
	if !kerneltest.Private(t) {
		return
	}
	for _, tt := range []struct {
		scenario, strategy string
		causes             []string // the first one at least once
	}{
		{"killed over TLS", "close", []string{"unread-data", "client-abort", "crash-mid-response", "refused"}},
		{"close collision over TLS", "close", []string{"unread-data", "client-abort"}},
		{"reset in the handshake", "close", []string{"tls-abort", "unread-data", "client-abort"}},
		{"closed without close_notify", "go-default", []string{"protocol-error"}},
		{"stream refused", "go-default", []string{"h2-rst-stream"}},
		{"goaway, not processed", "go-default", []string{"h2-goaway"}},
		{"accept queue full", "close", []string{"connection-limit"}},
	} {
		t.Run(tt.scenario, func(t *testing.T) {
			sc, strategy := picked(t, tt.scenario, tt.strategy)
			r := Runner{Seed: 1, Isolated: kernel.Isolated(), Device: []string{os.Args[0], asDevice}, Capture: live.Full, Findings: 1 << 20}
			c, err := r.openCapture()
			if err != nil {
				t.Fatal(err)
			}
			defer c.close()
			p, err := r.play(t.Context(), common{capture: c, began: time.Now()}, job{scenario: &sc, strategy: strategy, repetition: 1})
			if err != nil {
				t.Fatal(err)
			}
			right := 0
			for _, f := range p.trial.Findings {
				if f.Cause == tt.causes[0] {
					right++
				}
				if !f.Certain() || !slices.Contains(tt.causes, f.Cause) {
					t.Errorf("command %q: %s: %q", f.Command, f.Name(), f.Evidence)
				}
			}
			if right == 0 {
				t.Errorf("none of %d findings is %s", len(p.trial.Findings), tt.causes[0])
			}
			for _, record := range p.records {
				for _, f := range record.Failures {
					if !results.IsCause(f.Cause) {
						t.Errorf("%s: attempt %d failed for %q", record.ID, f.Attempt, f.Cause)
					}
				}
			}
		})
	}
}
