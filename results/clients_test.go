package results_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"rstorm/results"
)

func TestTheTableSaysWhichClientItWasAndWhatItsErrorsMean(t *testing.T) {
	trial := played("close race", "client", 10, time.Millisecond, nil)
	trial.Client = &results.Client{Command: []string{"node", "client.mjs"}, Profile: "fetch", Name: "node", Lib: "undici 6.24", Runtime: "node v20",
		Startup: 120 * time.Millisecond, Broke: "it exited", Stderr: strings.Repeat("x", 400) + "\nthe end \x1b[2J",
		Errors: []results.ErrorText{
			{Text: "read ECONNRESET", Count: 50, Outcome: results.Reset, Means: "the connection was reset"},
			{Text: "other\nside closed", Count: 7, Outcome: results.Closed}, {Text: "c", Count: 2}, {Text: "d", Count: 1}}}
	r := &results.Report{Trials: []results.Trial{trial}, Scenarios: []results.Scenario{{Scenario: "close race", Repetition: 1,
		Unplayed: []results.Unplayed{{Strategy: "other", Why: "no such program"}}}}}
	var out bytes.Buffer
	if err := results.WriteTable(&out, r); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	for _, want := range []string{
		"    other not played: no such program\n",
		"client: external client node, undici 6.24, on node v20, profile fetch, up after 120ms: node client.mjs\n",
		`client: 50 reset: read ECONNRESET (the connection was reset)`,
		"client: 7 closed: other side closed\n", "client: 1 more error text\n", `the end \x1b[2J`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the table lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "failed: d") || strings.Contains(text, strings.Repeat("x", 300)) {
		t.Errorf("the table tells too much:\n%s", text)
	}
}

func TestAReportWithoutExternalClientsReadsAsBefore(t *testing.T) {
	var out bytes.Buffer
	if err := results.WriteJSON(&out, &results.Report{Trials: []results.Trial{played("a", "naive", 1, 0, nil)}, Scenarios: []results.Scenario{{Scenario: "a"}}}); err != nil {
		t.Fatal(err)
	}
	var read struct {
		Trials []struct {
			Client  *json.RawMessage
			Summary struct{ Resets struct{ Hidden *int } }
		}
	}
	if err := json.Unmarshal(out.Bytes(), &read); err != nil {
		t.Fatal(err)
	}
	if read.Trials[0].Client != nil || read.Trials[0].Summary.Resets.Hidden == nil || strings.Contains(out.String(), "unplayed") {
		t.Errorf("what was always there changed:\n%s", out.String())
	}
}
