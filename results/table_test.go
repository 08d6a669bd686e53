package results_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rstorm/results"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the table is not as in %s (go test -update writes it anew):\n%s", path, got)
	}
}

func table(t *testing.T, r *results.Report) string {
	t.Helper()
	var b strings.Builder
	if err := results.WriteTable(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// played makes up a trial of n commands, of which the given ones went wrong in
// the given way, each on a connection that the device reset.
func played(scenario, strategy string, n int, took time.Duration, wrong map[int]results.Outcome, verdicts ...results.Verdict) results.Trial {
	e := results.Evidence{Logged: true}
	for i := range n {
		r := results.Record{ID: results.CommandID{Seq: uint32(i)}, Method: []string{"PUT", "GET"}[i%2], Done: took, Outcome: results.OK,
			Attempts: 1, Ledger: true, Executed: 1}
		c := results.Connection{First: results.ByClient, Method: r.Method}
		if o, ok := wrong[i]; ok {
			r.Outcome, r.Executed = o, 0
			c = results.Connection{Reset: results.ByDevice, Cause: "close-race", First: results.ByDevice, Method: r.Method}
		}
		e.Records = append(e.Records, r)
		e.Connections = append(e.Connections, c)
	}
	t := results.Trial{Scenario: scenario, Strategy: strategy, Repetition: 1, Verdicts: verdicts}
	t.Summary, t.ByMethod = results.Summarize(e)
	return t
}

func every(second int, n int, o results.Outcome) map[int]results.Outcome {
	wrong := map[int]results.Outcome{}
	for i := second - 1; i < n; i += second {
		wrong[i] = o
	}
	return wrong
}

func verdict(threshold, observed string, j results.Judgement) results.Verdict {
	return results.Verdict{Threshold: threshold, Observed: observed, Result: j}
}

// wholeReport has every kind of row.
func wholeReport() *results.Report {
	r := &results.Report{Seed: 7, Fidelity: 1, Elapsed: 41234 * ms,
		Environment: results.Environment{FidelityNote: "It may not be captured here: operation not permitted. Run it as root, or where users may make network namespaces."},
		Overhead:    &results.Overhead{Commands: 200, Direct: 61 * time.Microsecond, Link: 140 * time.Microsecond},
		Notes:       []string{"Device resets are not observable through a stock Toxiproxy: it answers its own close instead, so what the link says about them stays unknown."}}

	naive := played("close race", "naive", 200, 20400*time.Microsecond, every(2, 200, results.Closed),
		verdict("resets > 0", "100", results.Held), verdict("success < 40%", "50 %", results.Missed))
	stop := played("close race", "close", 200, 23*ms, nil, verdict("success >= 99%", "100 %", results.Held))
	hides := played("close race", "go-default", 2000, 1234*ms, every(2000, 2000, results.Reset), verdict("lost = 0", "no data", results.NoData))
	hides.Summary.Resets.Hidden, hides.Summary.Resets.Connections = 21, 22
	hides.Perturbed, hides.Perturbation = true, "the schedule was 12 ms late in the median"
	lies := played("close race", "retry", 200, 350*time.Microsecond, nil)
	lies.Summary.Lost, lies.Partial, lies.Notes = 2, true, []string{"interrupted"}
	r.Trials = append(r.Trials, naive, stop, hides, lies)

	for repetition := 1; repetition <= 2; repetition++ {
		for _, strategy := range []string{"naive", "close"} {
			x := played("stock link", strategy, 100, 3*ms, every(10*repetition, 100, results.TimedOut))
			x.Repetition = repetition
			if strategy == "close" {
				x.Summary.Resets.Connections, x.Summary.Connections = results.Unknown, results.Unknown
				x.Summary.Resets.ByOrigin, x.Summary.Resets.ByCause = nil, nil
				x.Summary.ExecutedOnce, x.Summary.Lost, x.Summary.Duplicates, x.Summary.Ghosts = -1, -1, -1, -1
				x.ByMethod = nil
			}
			r.Trials = append(r.Trials, x)
		}
	}
	r.Trials = append(r.Trials, played("nothing works", "naive", 3, ms, every(1, 3, results.Refused)), played("nothing to do", "naive", 0, 0, nil))
	r.Scenarios = []results.Scenario{
		{Scenario: "close race", Repetition: 1, About: "The device closes without saying so while the next command is on its way; whoever keeps the connection open loses every second command, and whoever closes it loses none.",
			Verdicts: []results.Verdict{verdict("close.success - naive.success > 30%", "50 %", results.Held), verdict("resets > 1000", "101", results.Missed), verdict("peek.success > 1%", "", results.Skipped)}},
		{Scenario: "stock link", Repetition: 1, About: "A stock Toxiproxy tells less.", Verdicts: []results.Verdict{verdict("naive.success > 80%", "90 %", results.Held)}},
		{Scenario: "stock link", Repetition: 2, Verdicts: []results.Verdict{verdict("naive.success > 80%", "95 %", results.Held)}},
	}
	r.Recommend()
	r.Judge()
	return r
}

// capturedReport is of a run whose packets were captured, most of them: two
// trials that overlapped, one alone, and one that lost a packet.
func capturedReport() *results.Report {
	r := &results.Report{Seed: 7, Fidelity: 3, Elapsed: 2 * time.Second}
	naive := played("close race", "naive", 200, 20*ms, every(2, 200, results.Closed))
	naive.Summary.Failures = results.Failures{Attempts: 100, ByCause: map[string]int{"close-race": 100}}
	naive.FindingsTotal, naive.Findings = 100, []results.Finding{{
		Cause: "close-race", Phase: results.PhaseWait, Origin: results.ByDevice, Reset: true, Connection: 1, Command: "0-1", Attempt: 1, Felt: true,
		Packets: []int{9, 10}, Evidence: []string{"The request in packet 9 does not acknowledge the FIN in packet 8.", "Checking the connection before using it again could not have helped."},
		Ladder: "client              device\n  |---- GET -------->|\n  |<---- RST --------|\n",
	}, {
		Cause: "close-race", Candidates: []string{"close-race", "idle-timeout-race"}, Phase: results.PhaseDone, Reset: true, Origin: results.ByDevice, Connection: 2,
		Executed: results.Unknown, Evidence: []string{"It came after a pause of 3 s."}, Ladder: "one line\n",
	}, {Cause: "refused", Evidence: []string{"not drawn"}}}
	mixed := played("close race", "go-default", 200, 20*ms, every(50, 200, results.Reset))
	mixed.Summary.Resets.ByCause = map[string]int{"close-race": 1, "stale-reuse": 3}
	mixed.Summary.Failures = results.Failures{Attempts: 9, ByCause: map[string]int{"stale-reuse": 3, "unacknowledged": 5, "refused": 1}}
	shared := results.Certificate{Certified: true, Packets: 1000, Captured: 104, OutResets: 104, Trials: 2}
	naive.Certificate, mixed.Certificate = &shared, &shared
	alone := played("drained", "naive", 10, 20*ms, nil)
	alone.Summary.Failures = results.Failures{Attempts: 5, ByCause: map[string]int{"half-close": 5}}
	alone.Certificate = &results.Certificate{Certified: true, Packets: 50, Trials: 1}
	lossy := played("drained", "close", 10, 20*ms, nil)
	lossy.Certificate = &results.Certificate{Packets: 49, Dropped: 1, OutResets: 2, Captured: 1, Trials: 1, Missing: "1 packet was dropped, and 1 RST of 2 was not captured"}
	r.Trials = []results.Trial{naive, mixed, alone, lossy}
	r.Recommend()
	r.Judge()
	return r
}

func TestTheTableOfACapturedRun(t *testing.T) {
	r := capturedReport()
	text := table(t, r)
	golden(t, "captured", text)
	r.Trials[3].Certificate = r.Trials[2].Certificate // as if it had overlapped with no other either
	if all := "captures: 4 of 4 trials certified: 104 RSTs captured = 104 sent, 0 of 1100 packets dropped\n"; !strings.Contains(table(t, r), all) {
		t.Errorf("no line %q:\n%s", all, table(t, r))
	}
}

func TestTheTable(t *testing.T) {
	golden(t, "table", table(t, wholeReport()))
}

func TestTheTableOfARunThatHeld(t *testing.T) {
	golden(t, "held", table(t, fieldReport()))
}

func TestTheTableOfNothing(t *testing.T) {
	var r results.Report
	r.Judge()
	golden(t, "nothing", table(t, &r))
}

func TestNamesCanNotCommandTheTerminal(t *testing.T) {
	const hostile = "\x1b[2J\x1b]0;pwned\a\u009b31m\u202e\x7f\xff\r\nnext\tline"
	v := []results.Verdict{verdict(hostile, hostile, results.Missed)}
	r := &results.Report{Notes: []string{hostile}, Environment: results.Environment{FidelityNote: hostile},
		Trials: []results.Trial{{Scenario: hostile, Strategy: hostile, Perturbed: true, Perturbation: hostile, Notes: []string{hostile}, Verdicts: v,
			Summary:       results.Summary{Resets: results.Resets{ByCause: map[string]int{hostile: 1}}},
			Certificate:   &results.Certificate{Missing: hostile},
			FindingsTotal: 1,
			Findings:      []results.Finding{{Cause: hostile, Origin: hostile, Reset: true, Command: hostile, Evidence: []string{hostile}, Ladder: strings.ReplaceAll(hostile, "\n", "")}},
		}},
		Scenarios: []results.Scenario{{Scenario: hostile, About: hostile, Verdicts: v}}}
	text := table(t, r)
	for _, c := range text {
		if (c < ' ' && c != '\n') || (c >= 0x7f && c < 0xa0) || c == '\u202e' || c == '\ufffd' {
			t.Errorf("%q is in the table:\n%q", c, text)
		}
	}
	if !strings.Contains(text, `\x1b[2J`) || !strings.Contains(text, `\u202e`) || !strings.Contains(text, `\xff`) {
		t.Errorf("what was neutralised can not be read any more:\n%s", text)
	}
	if strings.Contains(text, "\nnext") {
		t.Errorf("a name began a line of its own:\n%s", text)
	}
}

func TestTheTableFitsItsPage(t *testing.T) {
	for line := range strings.Lines(table(t, wholeReport()) + table(t, capturedReport())) {
		if n := len([]rune(line)) - 1; n > 110 {
			t.Errorf("%d columns: %s", n, line)
		}
		if strings.HasSuffix(line, " \n") {
			t.Errorf("trailing space: %q", line)
		}
	}
}

// The columns are those of a terminal, where one of these characters fills two
// and a combining accent none.
func TestColumnsAreAlignedBelowWideAndCombiningCharacters(t *testing.T) {
	r := &results.Report{}
	for _, strategy := range []string{"plain", "\u518d\u63a5\u7d9a", "cafe\u0301"} {
		r.Trials = append(r.Trials, played("names", strategy, 10, ms, nil))
	}
	var before []int
	for line := range strings.Lines(table(t, r)) {
		name, _, found := strings.Cut(line, "100.0 %")
		if !found {
			continue
		}
		n := len([]rune(name)) - strings.Count(name, "\u0301")
		for _, wide := range []string{"\u518d", "\u63a5", "\u7d9a"} {
			n += strings.Count(name, wide)
		}
		before = append(before, n)
	}
	if len(before) != 3 || before[0] != before[1] || before[1] != before[2] {
		t.Errorf("success begins at columns %v, want one and the same", before)
	}
}

func TestOneFailureInManyIsNotRoundedAway(t *testing.T) {
	r := &results.Report{Trials: []results.Trial{
		played("rounding", "almost-all", 5000, ms, every(5000, 5000, results.Reset)),
		played("rounding", "almost-none", 5000, ms, func() map[int]results.Outcome {
			wrong := every(1, 5000, results.Reset)
			delete(wrong, 17)
			return wrong
		}()),
	}}
	if text := table(t, r); !strings.Contains(text, "99.9 % [99..100]") || !strings.Contains(text, "0.1 % [0..1]") {
		t.Errorf("4999 and 1 of 5000 were rounded to all and none:\n%s", text)
	}
}

func TestTheLastWordIsTheRunsVerdict(t *testing.T) {
	for word, c := range map[string]struct {
		results []results.Judgement
		partial bool
	}{
		"HELD: ":       {results: []results.Judgement{results.Held, results.Skipped}},
		"FAILED: ":     {results: []results.Judgement{results.Held, results.NoData, results.Missed}, partial: true},
		"NO DATA: ":    {results: []results.Judgement{results.Held, results.NoData}},
		"PARTIAL: ":    {results: []results.Judgement{results.Held}, partial: true},
		"NOT JUDGED: ": {results: []results.Judgement{results.Skipped}},
		"NOT HELD: ":   {results: []results.Judgement{results.Held, "odd"}},
	} {
		r := &results.Report{Partial: c.partial, Scenarios: []results.Scenario{{Scenario: "any", Verdicts: verdicts(c.results)}}}
		r.Judge()
		if text := table(t, r); !strings.Contains(text, "\n"+word) {
			t.Errorf("%v, partial %t: no line begins with %q:\n%s", c.results, c.partial, word, text)
		}
	}
}

func TestAWriterThatFailsIsAnError(t *testing.T) {
	full := errors.New("full")
	for _, format := range results.Formats {
		if err := format.Write(failing{full}, fieldReport()); !errors.Is(err, full) {
			t.Errorf("%s: error %v, want the writer's", format.Name, err)
		}
		if format.Doc == "" {
			t.Errorf("%s has no doc", format.Name)
		}
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
