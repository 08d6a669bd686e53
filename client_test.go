package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"rstorm/clients/adapter"
	"rstorm/results"
)

// asAdapter makes the test binary a client of another process. A second argument
// is how it misbehaves.
const asAdapter = "be-an-adapter"

// serveAdapter is a client of another process, as short as one can be: a closed
// loop, one command at a time, over net/http.
func serveAdapter(misbehaves string) {
	out, began := json.NewEncoder(os.Stdout), time.Now()
	var init adapter.Init
	var client http.Client
	now := func() int64 { return int64(time.Since(began)) }
	say := func(v any) { _ = out.Encode(v) } // a harness that is gone closes the input too
	say(adapter.Hello{Type: "hello", Protocol: adapter.Version, Name: "test", Lib: "net/http", Runtime: "go",
		Caps: []string{adapter.CapBatch, adapter.CapStream}, Profiles: []string{"plain", "other"}})
	for lines := bufio.NewReader(os.Stdin); ; {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		var run adapter.Run
		_ = json.Unmarshal(line, &run) // the harness writes JSON
		switch run.Type {
		case "init":
			_ = json.Unmarshal(line, &init)
			client.CloseIdleConnections()
			client = http.Client{Transport: &http.Transport{}, Timeout: time.Duration(init.TimeoutMS) * time.Millisecond}
			say(map[string]string{"type": "ready"})
		case "sync":
			say(adapter.Sync{Type: "sync", ID: run.ID, T: now()})
		case "run":
			for _, c := range run.Commands {
				if misbehaves == "exits" && c.Seq == 5 {
					fmt.Fprintln(os.Stderr, "out of ideas")
					os.Exit(3)
				}
				r := adapter.Result{Type: "res", Run: run.ID, Seq: c.Seq, T0: now()}
				fetch(&client, init.BaseURL, &c, &r)
				r.T1 = now()
				say(r)
				time.Sleep(time.Duration(run.GapUS) * time.Microsecond)
			}
			say(map[string]any{"type": "done", "run": run.ID})
		}
	}
}

func fetch(client *http.Client, base string, c *adapter.Command, r *adapter.Result) {
	req, err := http.NewRequest(c.Method, base+c.Path, strings.NewReader(c.Body))
	if err == nil {
		for name, value := range c.Headers {
			req.Header.Set(name, value)
		}
		var resp *http.Response
		var body []byte
		if resp, err = client.Do(req); err == nil {
			body, err = io.ReadAll(resp.Body)
			resp.Body.Close()
			sum := sha256.Sum256(body)
			r.Status, r.Bytes, r.SHA256 = resp.StatusCode, new(int64(len(body))), hex.EncodeToString(sum[:])
		}
	}
	if err != nil {
		*r = adapter.Result{Type: r.Type, Run: r.Run, Seq: r.Seq, T0: r.T0, Err: &adapter.Error{Name: "Error", Msg: err.Error()}}
	}
}

// adapterCommand is the --client that starts it.
func adapterCommand(t testing.TB, args ...string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return quoted(append([]string{self, asAdapter}, args...))
}

const both = `version: 1
scenarios:
  - name: plain
    about: Nothing goes wrong.
    load: {commands: 12}
    strategies: [naive, close]
    assert: [success == 100%, duplicates == 0]
  - name: two
    about: Over HTTP/2.
    protocol: h2c
    load: {commands: 2}
    strategies: [naive]
    assert: [success == 100%]
`

// playedIn runs flags on a suite and returns the exit code, the report and what
// was printed.
func playedIn(t testing.TB, suite string, flags ...string) (code int, report *results.Report, out, errs string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "report.json")
	code, out, errs = do(t, context.Background(), "", append([]string{"run", "-f", file(t, suite), "-q", "-o", path, "--isolate", "never"}, flags...)...)
	if _, err := os.Stat(path); err == nil {
		report = reportIn(t, path)
	}
	return code, report, out, errs
}

// rows are the trials of a report, as scenario/strategy.
func rows(r *results.Report) []string {
	var all []string
	for _, t := range r.Trials {
		all = append(all, t.Scenario+"/"+t.Strategy)
	}
	return all
}

func TestTheUsersClientIsPlayedBesideTheSuitesStrategies(t *testing.T) {
	client := adapterCommand(t)
	for _, row := range []struct {
		flags []string
		want  []string
	}{
		{nil, []string{"plain/naive", "plain/close", "plain/client", "two/naive"}},
		{[]string{"--strategy", "client"}, []string{"plain/client"}},
		{[]string{"--strategy", "close"}, []string{"plain/close", "plain/client"}},
		{[]string{"--client-profile", "other,plain", "--scenario", "plain"}, []string{"plain/naive", "plain/close", "plain/other", "plain/plain"}},
		{[]string{"--client-profile", "other,plain", "--strategy", "plain"}, []string{"plain/plain"}},
		{[]string{"--client-profile", "other,plain", "--strategy", "naive", "--scenario", "plain"}, []string{"plain/naive", "plain/other", "plain/plain"}},
	} {
		code, report, out, errs := playedIn(t, both, append(row.flags, "--client", client)...)
		if code != exitHeld || report == nil || !slices.Equal(rows(report), row.want) {
			t.Fatalf("%q: exit %d, want trials %q\n%s%s", row.flags, code, row.want, out, errs)
		}
		for _, trial := range report.Trials {
			if mine := trial.Strategy != "naive" && trial.Strategy != "close"; mine != (trial.Client != nil) || trial.Summary.OK != trial.Summary.Commands {
				t.Errorf("%s with %s: %d ok, client %+v", trial.Scenario, trial.Strategy, trial.Summary.OK, trial.Client)
			}
		}
		if i := slices.IndexFunc(report.Scenarios, func(s results.Scenario) bool { return s.Scenario == "two" }); i >= 0 && len(report.Scenarios[i].Unplayed) == 0 {
			t.Errorf("%q: nothing says that the client can't play HTTP/2", row.flags)
		}
	}
}

func TestAClientThatExitsLosesItsTrialAndNoOther(t *testing.T) {
	code, report, out, errs := playedIn(t, both, "--client", adapterCommand(t, "exits"), "--scenario", "plain")
	if code != exitFailed || report == nil || len(report.Trials) != 3 || report.Partial {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	last := report.Trials[2]
	if s := last.Summary; s.Outcomes[results.Unreported] != 7 || s.OK != 5 || s.Commands != 12 || last.Client.Broke == "" || !strings.Contains(last.Client.Stderr, "out of ideas") {
		t.Errorf("outcomes %v, client %+v", s.Outcomes, last.Client)
	}
	for _, want := range []string{"the client broke: ", "never reported: 7 commands", "its standard error ends: out of ideas"} {
		if !strings.Contains(strings.Join(strings.Fields(out), " "), want) {
			t.Errorf("the table lacks %q:\n%s", want, out)
		}
	}
}

func TestAClientThatCantBePlayedIsRefusedBeforeAnythingIsSent(t *testing.T) {
	for _, row := range []struct {
		flags []string
		want  string
	}{
		{[]string{"--client", "no-such-program-anywhere x"}, "client can't be played: "},
		{[]string{"--client", filepath.Join(t.TempDir(), "missing")}, "client can't be played: "},
		{[]string{"--client", adapterCommand(t), "--client-profile", "nope"}, `has no profile "nope"`},
		{[]string{"--client", `node "client`}, `--client: a " is never closed`},
		{[]string{"--client", " "}, "names no program"},
		{[]string{"--client", ""}, "--client is empty"},
		{[]string{"--client-profile", "a"}, "says nothing without --client"},
		{[]string{"--client", "x", "--client-profile", "a,b,a"}, `has "a" twice`},
		{[]string{"--client", "x", "--client-profile", "naive"}, `"naive" is a strategy of the scenario "plain" already`},
		{[]string{"--client", adapterCommand(t), "--scenario", "two"}, "HTTP/2"},
	} {
		code, report, out, errs := playedIn(t, both, row.flags...)
		if code != exitUsage || report != nil || out != "" || !strings.Contains(errs, row.want) {
			t.Errorf("%q: exit %d, report %v, %q, want exit 2 and %q:\n%s", row.flags, code, report != nil, out, row.want, errs)
		}
	}
}

func TestAScenarioOfAnotherPaceSkipsAClientThatCantKeepIt(t *testing.T) {
	suite := strings.Replace(both, "protocol: h2c\n    load: {commands: 2}", "load: {commands: 2, rate: 100}", 1)
	code, report, out, errs := playedIn(t, suite, "--client", adapterCommand(t))
	if code != exitHeld || report == nil || !slices.Contains(rows(report), "plain/client") || slices.Contains(rows(report), "two/client") {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	if !strings.Contains(out, "client not played: ") {
		t.Errorf("the table does not say why:\n%s", out)
	}
}

func TestTheClientOfAFileIsAsGoodAsThatOfAFlag(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	fmt.Fprintf(&text, "version: 1\nscenarios:\n  - name: plain\n    about: Nothing goes wrong.\n    load: {commands: 12}\n"+
		"    strategies: [naive, {use: external, as: mine, command: [%q, %q], profile: other}, {use: external, as: gone, command: [no-such-program-anywhere]}]\n"+
		"    assert: [{mine: success == 100%%}, {gone: success == 100%%}, mine.success - gone.success > 0%%]\n", self, asAdapter)
	code, report, out, errs := playedIn(t, text.String())
	if code != exitHeld || report == nil || !slices.Equal(rows(report), []string{"plain/naive", "plain/mine"}) {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	if n := report.Tally(); n[results.Held] != 1 || n[results.Skipped] != 2 || report.Scenarios[0].Unplayed[0].Strategy != "gone" {
		t.Errorf("%v, unplayed %+v", n, report.Scenarios[0].Unplayed)
	}
	if code, _, out, _ = playedIn(t, text.String(), "--strategy", "gone"); code != exitFailed || !strings.Contains(out, "NOT JUDGED") {
		t.Errorf("a run in which all was skipped exits with %d:\n%s", code, out)
	}
}
