package results_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"rstorm/results"
)

// fieldReport is a report with everything in it.
func fieldReport() *results.Report {
	r := &results.Report{
		Schema: results.Schema, Seed: 7, Fidelity: 1, Began: time.Date(2025, 3, 1, 12, 0, 0, 0, time.UTC), Elapsed: 41234 * ms,
		Suite:       results.SuiteInfo{File: "scenarios.yaml", SHA256: "e3b0", Text: "version: 1\n"},
		Environment: results.Environment{Version: "dev", OS: "linux", CPUs: 2, FidelityNote: "No capture: not permitted."},
		Overhead:    &results.Overhead{Commands: 200, Direct: 61 * time.Microsecond, Link: 140 * time.Microsecond},
		Kernel:      &results.Kernel{OutResets: 12, EstablishedResets: 11},
		Scenarios: []results.Scenario{{Scenario: "close race", Protocol: results.HTTP, Shows: []string{"close-race"}, Produced: "device: half-close at after-response", About: "The device closes without saying so while the next command is on its way.",
			Repetition: 1, Verdicts: []results.Verdict{{Threshold: "close.success - naive.success > 30%", Observed: "50%", Result: results.Held}},
			Differences: []results.Difference{{Strategy: "close", Than: "naive", Success: .5, Low: .4, High: .6}},
			Pairings:    []results.Pairing{{Strategy: "close", Than: "naive", Both: 3, Neither: 3}}}},
		Notes: []string{"The suite's target is <embedded> & local."},
	}
	for _, strategy := range []string{"naive", "close"} {
		e := fieldCase()
		e.Ends = []time.Duration{10 * ms}
		total, byMethod := results.Summarize(e)
		r.Trials = append(r.Trials, results.Trial{Scenario: "close race", Strategy: strategy, Repetition: 1, Elapsed: time.Second,
			Summary: total, ByMethod: byMethod, Verdicts: []results.Verdict{{Threshold: "resets > 0", Observed: "4", Result: results.Held}}})
	}
	r.Recommend()
	r.Judge()
	return r
}

// foundReport is one that was captured as well.
func foundReport() *results.Report {
	r := fieldReport()
	for i := range r.Trials {
		t := &r.Trials[i]
		t.Certificate = &results.Certificate{Certified: true, Packets: 70, Captured: 12, OutResets: 12, Trials: 2}
		t.FindingsTotal, t.Findings = 4, []results.Finding{{Cause: "close-race", Candidates: []string{"close-race", "stale-reuse"},
			Phase: results.PhaseWait, Origin: results.ByDevice, Reset: true, Connection: 1, Command: "0-1", Attempt: 1, Felt: true,
			Executed: results.Unknown, Packets: []int{3, 5, 7}, Evidence: []string{"the two crossed"}}}
	}
	return r
}

func written(t *testing.T, r *results.Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := results.WriteJSON(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestWhatIsWrittenCanBeReadBack(t *testing.T) {
	r := foundReport()
	text := written(t, r)
	back, err := results.ReadJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(back, r) {
		t.Errorf("read back\n%+v\nwritten\n%+v", back, r)
	}
	for range 20 {
		if written(t, r) != text {
			t.Fatal("the same report gave other bytes")
		}
	}
	if !strings.HasSuffix(text, "}\n") || !strings.Contains(text, "\n  \"seed\": 7,\n") || !strings.Contains(text, "<embedded> &") {
		t.Errorf("not indented, not ended by a newline, or escaped for HTML:\n%s", text)
	}
}

func TestWhatIsUnknownIsNullBothWays(t *testing.T) {
	var r results.Report
	total, byMethod := results.Summarize(results.Evidence{})
	r.Trials = []results.Trial{{Summary: total, ByMethod: byMethod}}
	text := written(t, &r)
	for _, key := range []string{"success", "success_low", "success_high", "executed_once", "lost", "duplicates", "ghosts",
		"not_executed", "reordered", "connections", "time_wait", "by_origin", "by_cause", "recovery_ns", "steady_recovery_ns"} {
		if !strings.Contains(text, fmt.Sprintf("%q: null", key)) {
			t.Errorf("%s is not null:\n%s", key, text)
		}
	}
	back, err := results.ReadJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	s := back.Trials[0].Summary
	if s.Success.Known() || s.Lost.Known() || s.Connections.Known() || s.Resets.Connections.Known() {
		t.Errorf("null was read as a number: %+v", s)
	}
}

func TestNumbersThatAreMissingAreUnknown(t *testing.T) {
	const least = `{"schema":1,"trials":[{"findings":[{"cause":"refused"}],"summary":{"commands":2,"resets":{"seen":1},"new":true},"by_method":{"PUT":{"ok":1}}}],"new":[]}`
	r, err := results.ReadJSON(strings.NewReader(least))
	if err != nil {
		t.Fatal(err)
	}
	s := r.Trials[0].Summary
	if s.Commands != 2 || s.Resets.Seen != 1 {
		t.Errorf("what is there was not read: %+v", s)
	}
	if f := r.Trials[0].Findings[0]; f.Executed.Known() || f.Cause != "refused" {
		t.Errorf("a missing number was read as one: %+v", f)
	}
	for _, s := range []results.Summary{s, r.Trials[0].ByMethod["PUT"]} {
		if s.Success.Known() || s.SuccessLow.Known() || s.SuccessHigh.Known() || s.Lost.Known() || s.Duplicates.Known() ||
			s.ExecutedOnce.Known() || s.Ghosts.Known() || s.NotExecuted.Known() || s.Reordered.Known() ||
			s.Connections.Known() || s.TimeWait.Known() || s.Resets.Connections.Known() {
			t.Errorf("a missing number was read as one: %+v", s)
		}
	}
}

func TestNothingIsAListWithoutEntries(t *testing.T) {
	text := written(t, &results.Report{Trials: []results.Trial{{}}, Scenarios: []results.Scenario{{}}})
	for _, key := range []string{"notes", "verdicts", "findings"} {
		if !strings.Contains(text, fmt.Sprintf("%q: []", key)) || strings.Contains(text, fmt.Sprintf("%q: null", key)) {
			t.Errorf("%s is not an empty list:\n%s", key, text)
		}
	}
	if !strings.Contains(text, `"by_method": {}`) || !strings.Contains(text, `"schema": 1`) {
		t.Errorf("no schema, or by_method is not an empty object:\n%s", text)
	}
}

func TestOtherFilesAreRefused(t *testing.T) {
	for text, want := range map[string]string{
		`{"schema":2}`:    "schema 2, and this rstorm reads schema 1",
		`{"schema":0}`:    "schema 0",
		`{"seed":7}`:      "no schema number",
		`{}`:              "no schema number",
		`null`:            "no schema number",
		`[]`:              "not a report in JSON",
		``:                "not a report in JSON",
		`{"schema":1}{}`:  "not a report in JSON",
		"\x7fELF\x00\xff": "not a report in JSON",
		`{"schema":1,"trials":[{"summary":{"lost":-3}}]}`:                 "below zero",
		`{"schema":1,"trials":[{"summary":{"outcomes":{"exploded":1}}}]}`: "exploded",
	} {
		r, err := results.ReadJSON(strings.NewReader(text))
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "read report: ") {
			t.Errorf("%s: report %v, error %v, want one with %q", text, r, err, want)
		}
	}
}

// promised is the least that readers may rely on.
const promised = `{"schema":1,"seed":7,"held":false,"fidelity":1,"trials":[{"scenario":"close race","strategy":"naive","repetition":1,
  "summary":{"commands":200,"ok":100,"success":0.5,"success_low":0.43,"success_high":0.57,"executed_once":100,"lost":0,"duplicates":0,"ghosts":0,
    "not_executed":100,"reordered":0,"attempts":200,"connections":101,"outcomes":{"ok":100,"closed":98,"reset":2},
    "resets":{"connections":100,"seen":2,"hidden":0,"by_origin":{"device":100},"by_cause":{"close-race":100}},"failures":{"attempts":100,"by_cause":{"close-race":100}},
    "latency_ns":{"p50":0,"p99":0,"max":0},"recovery_ns":null},
  "certificate":{"certified":true,"packets":1,"dropped":0,"captured":1,"out_rsts":1,"trials":1},"findings_total":100,
  "findings":[{"cause":"close-race","phase":"wait","origin":"device","reset":true,"connection":1,"command":"0-1","attempt":1,"felt":true,"executed":null,"packets":[3],"evidence":["x"]}],
  "by_method":{"PUT":{"commands":100,"ok":100},"GET":{"commands":100,"ok":0}},
  "verdicts":[{"threshold":"resets > 0","observed":"100","result":"held"}],"perturbed":false}]}`

func TestTheReportHasWhatReadersRelyOn(t *testing.T) {
	var want, got any
	if err := json.Unmarshal([]byte(promised), &want); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(written(t, foundReport())), &got); err != nil {
		t.Fatal(err)
	}
	within(t, "report", want, got)
}

// within checks that got has every key of want, with a value of its type; null
// is promised where a value may be missing.
func within(t *testing.T, at string, want, got any) {
	t.Helper()
	if want != nil && reflect.TypeOf(want) != reflect.TypeOf(got) {
		t.Errorf("%s is %T, want %T", at, got, want)
		return
	}
	switch want := want.(type) {
	case map[string]any:
		for key, value := range want {
			has, ok := got.(map[string]any)[key]
			if !ok {
				t.Errorf("%s has no %q", at, key)
				continue
			}
			within(t, at+"."+key, value, has)
		}
	case []any:
		if len(got.([]any)) == 0 {
			t.Errorf("%s is empty", at)
			return
		}
		within(t, at+"[0]", want[0], got.([]any)[0])
	}
}
