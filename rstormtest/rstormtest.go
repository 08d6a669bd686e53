// Package rstormtest plays scenarios against an HTTP client within go test, so
// that a client's own tests can say what becomes of its commands when
// connections die. Device, link and faults are real and on loopback.
package rstormtest

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"rstorm/assert"
	"rstorm/clients"
	"rstorm/results"
	"rstorm/runner"
	"rstorm/scenarios"
)

// Label is the client's name in thresholds and trials.
const Label = "client"

// seed is of all that is drawn: the same test meets the same fate.
const seed = 1

// Parse reads the one scenario of a text in the form of scenarios.yaml. What is
// wrong with it ends the test.
func Parse(t testing.TB, text string) *scenarios.Scenario {
	t.Helper()
	suite, err := scenarios.Parse("scenario", strings.NewReader(text))
	if err != nil {
		t.Fatalf("rstorm: %v", err)
	}
	if n := len(suite.Scenarios); n != 1 {
		t.Fatalf("rstorm: the text holds %d scenarios, want one", n)
	}
	return &suite.Scenarios[0]
}

// Named finds a scenario of the suites that are built in, catalogue and matrix,
// by its whole name; `rstorm list --suite catalogue scenarios` lists them. An
// unknown one ends the test.
func Named(t testing.TB, name string) *scenarios.Scenario {
	t.Helper()
	for _, text := range [][]byte{scenarios.Catalogue, scenarios.Matrix} {
		suite, err := scenarios.Parse("built in", bytes.NewReader(text))
		if err != nil {
			t.Fatalf("rstorm: %v", err)
		}
		for i := range suite.Scenarios {
			if suite.Scenarios[i].Name == name {
				return &suite.Scenarios[i]
			}
		}
	}
	t.Fatalf("rstorm: no scenario is called %q", name)
	return nil
}

// A Trial is what a client came to in a scenario.
type Trial struct {
	results.Trial
}

// Play plays sc once with client and returns what that came to. The scenario's
// strategies and thresholds are not looked at. The commands go through
// client.Do, so its redirects, cookies and timeout count.
//
// A transport that is nil or an [http.Transport] is cloned for each client of
// the load; the clone dials the link, takes no proxy, trusts the device, and is
// watched: every attempt and every reset that it hides is seen. Any other
// [http.RoundTripper] is used as it is, by all clients of the load, and has to
// honour the URL's host; of the connections that it makes only the link tells,
// and the resets that it hides are unknown.
//
// A scenario that this machine can't play skips the test and says why.
func Play(t testing.TB, sc *scenarios.Scenario, client *http.Client) *Trial {
	t.Helper()
	if client == nil {
		t.Fatalf("rstorm: there is no client to play %q with: http.DefaultClient is one", sc.Name)
	}
	played := *sc
	played.Assert = nil
	played.Strategies = []scenarios.Strategy{{Label: Label, Use: Label, Strategy: strategy(client)}}
	suite := &scenarios.Suite{Scenarios: []scenarios.Scenario{played}}
	report, err := (&runner.Runner{Seed: seed}).Run(t.Context(), suite)
	if err != nil {
		t.Fatalf("rstorm: play %q: %v", sc.Name, err)
	}
	if why := report.Scenarios[0].Skipped; why != "" {
		t.Skipf("rstorm: %q can't be played here: %s", sc.Name, why)
	}
	return &Trial{report.Trials[0]}
}

// strategy carries commands by client.
func strategy(client *http.Client) clients.Strategy {
	return clients.PlugNetwork(func(n clients.Network) http.RoundTripper {
		own := *client
		transport, known := own.Transport.(*http.Transport)
		if own.Transport == nil {
			transport, known = http.DefaultTransport.(*http.Transport)
		}
		if !known {
			return foreign{&own, n.Address}
		}
		transport = transport.Clone()
		transport.DialContext, transport.DialTLSContext, transport.Proxy = n.Dial, nil, nil
		if n.TLS != nil {
			transport.TLSClientConfig = n.TLS.Clone()
		}
		own.Transport = transport
		return watched{&own}
	})
}

// A watched is a client whose connections are ours.
type watched struct{ client *http.Client }

// RoundTrip makes a request as the client makes it.
func (w watched) RoundTrip(req *http.Request) (*http.Response, error) { return w.client.Do(req) }

// CloseIdleConnections closes what the client has left open.
func (w watched) CloseIdleConnections() { w.client.CloseIdleConnections() }

// A foreign is a client that dials by itself: its requests name the link.
type foreign struct {
	client *http.Client
	addr   string
}

// RoundTrip makes a request to the link as the client makes it.
func (f foreign) RoundTrip(req *http.Request) (*http.Response, error) {
	redirected := req.Clone(req.Context())
	redirected.URL.Host = f.addr
	return f.client.Do(redirected)
}

// CloseIdleConnections closes what the client has left open.
func (f foreign) CloseIdleConnections() { f.client.CloseIdleConnections() }

// Expect holds thresholds against the trial, as in "success >= 99%",
// "duplicates == 0" or "latency.p99[PUT] < 50ms"; `rstorm list metrics` lists
// what can be bounded. One that does not hold, or finds nothing to read, is an
// error of the test; one that makes no sense ends it.
func (tr *Trial) Expect(t testing.TB, thresholds ...string) {
	t.Helper()
	view := assert.View{Selected: []string{Label}, Trials: map[string]*results.Trial{Label: &tr.Trial}}
	for _, text := range thresholds {
		threshold, err := assert.ParseFor(Label, text)
		if err != nil {
			t.Fatalf("rstorm: threshold %q: %v", text, err)
		}
		if v := threshold.Judge(view); v.Result != results.Held {
			t.Errorf("rstorm: %s: %s %s: observed %s%s", tr.Scenario, v.Threshold, v.Result, v.Observed, tr.why())
		}
	}
}

// why tells of the first commands that went wrong, and what there is to note of
// the trial.
func (tr *Trial) why() string {
	const few = 3
	text := ""
	for _, f := range tr.Findings[:min(few, len(tr.Findings))] {
		text += fmt.Sprintf("\n\tcommand %s: %s", f.Command, f.Name())
	}
	if tr.FindingsTotal > few {
		text += fmt.Sprintf("\n\tand %d more", tr.FindingsTotal-few)
	}
	for _, note := range tr.Notes {
		text += "\n\t" + note
	}
	return text
}
