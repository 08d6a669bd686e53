package runner

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"rstorm/clients"
	"rstorm/results"
	"rstorm/scenarios"
)

// A tripper is a transport that is not net/http's: it calls no hooks.
type tripper func(*http.Request) (*http.Response, error)

func (f tripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

var errOwn = errors.New("missing address")

// fails has a client that fails by itself: before it calls anyone, or, if it
// sends, once the device has answered.
func fails(sends bool) clients.Strategy {
	return clients.PlugNetwork(func(n clients.Network) http.RoundTripper {
		return tripper(func(req *http.Request) (*http.Response, error) {
			if !sends {
				return nil, errOwn
			}
			transport := &http.Transport{DisableKeepAlives: true}
			own := req.Clone(req.Context())
			own.URL.Host = n.Address
			resp, err := transport.RoundTrip(own)
			if err == nil {
				resp.Body.Close()
			}
			return nil, errors.Join(err, errOwn)
		})
	})
}

// What a client makes of itself is not put down to what the stage might have
// done to it; and it is not said of a command that came to the device.
func TestAClientThatFailsByItselfAccusesNobody(t *testing.T) {
	for _, tt := range []struct {
		protocol string
		sends    bool
		says     string
	}{
		{"http", false, "the client failed by itself"},
		{"https", false, "it may have failed by itself"},
		{"http", true, ""},
	} {
		s := suite(t, `
version: 1
scenarios:
  - name: resets after execution
    protocol: `+tt.protocol+`
    device: {faults: [{effect: reset, point: after-forward, probability: 10%}, {effect: close, point: after-response, probability: 10%}]}
    load: {commands: 20}
    strategies: [naive]
`)
		s.Scenarios[0].Strategies = []scenarios.Strategy{{Label: "own", Use: "own", Strategy: fails(tt.sends)}}
		trials, _ := playedBy(t, Runner{Seed: 1}, s)
		trial := trials["own"]
		if trial.Summary.Outcomes[results.Failed] == 0 {
			t.Fatalf("%+v: %v", tt, trial.Summary.Outcomes)
		}
		if n := trial.Summary.Failures.ByCause[results.CauseUnknown]; tt.says != "" && n != 20 {
			t.Errorf("%+v: causes of failed attempts are %v, want 20 unknown", tt, trial.Summary.Failures.ByCause)
		}
		for _, f := range trial.Findings {
			told := strings.Contains(strings.Join(f.Evidence, "\n"), "by itself")
			if tt.says != "" && (f.Cause != results.CauseUnknown || f.Origin != results.ByUnknown || !strings.Contains(strings.Join(f.Evidence, "\n"), tt.says)) || tt.says == "" && told {
				t.Errorf("%+v: %s by %s: %q", tt, f.Name(), f.Origin, f.Evidence)
			}
		}
	}
}

// Commands that a breaker did not send are no attempts, and nobody's doing.
func TestWhatABreakerDidNotSendHasNoCause(t *testing.T) {
	trials, _ := playedBy(t, Runner{Seed: 1}, suite(t, `
version: 1
scenarios:
  - name: resets all
    device: {faults: [{effect: reset, point: before-forward}]}
    load: {commands: 50}
    strategies: [{use: breaker, failures: 5, cooldown: 1m}]
`))
	s := trials["breaker"].Summary
	if s.Attempts != 5 || s.Failures.Attempts != 5 || s.Failures.ByCause["reset-before-response"] != 5 || s.Outcomes[results.Failed] != 45 {
		t.Errorf("%d attempts, failures %+v, outcomes %v", s.Attempts, s.Failures, s.Outcomes)
	}
}
