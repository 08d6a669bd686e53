package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"rstorm/results"
)

const fewSeats = `version: 1
scenarios:
  - name: limited
    device: {service_time: 1ms, max_connections: 3}
    load: {commands: 10}
    strategies: [naive, {use: retry, as: patient, attempts: 4}]
  - name: skipped
    needs: [packets]
    link: [{effect: drop, point: packet, probability: 1%}]
`

func TestASweepRefusesWhatCannotBeMeantBeforeAnythingIsSent(t *testing.T) {
	good := file(t, fewSeats)
	for _, tt := range []struct {
		name   string
		args   []string
		stderr string // a part of it
	}{
		{"nothing", nil, "--param is missing\nrstorm: error: --from is missing\nrstorm: error: --to is missing\nrstorm: hint: rstorm help sweep"},
		{"from above to", []string{"--param", "load.gap", "--from", "5ms", "--to", "1ms"}, "the range is empty: --from 5ms is not below --to 1ms"},
		{"an empty range", []string{"--param", "load.gap", "--from", "5ms", "--to", "5ms"}, "the range is empty"},
		{"no unit", []string{"--param", "load.gap", "--from", "0", "--to", "10"}, `--to: load.gap: "10" is not a duration: write a number with a unit, as in 2.7ms`},
		{"a unit too much", []string{"--param", "load.clients", "--from", "1", "--to", "10ms"}, `--to: load.clients: want a whole number, not "10ms"`},
		{"an unknown setting", []string{"--param", "load.gpa", "--from", "0s", "--to", "1s"}, `--param: load has no "gpa"; did you mean "gap"?`},
		{"an unknown part", []string{"--param", "lood.gap", "--from", "0s", "--to", "1s"}, `unknown setting "lood.gap"`},
		{"no number", []string{"--param", "load.order", "--from", "0s", "--to", "1s"}, "load.order is one of alternate, shuffle, not a number"},
		{"a distribution", []string{"--param", "load.gap", "--from", "uniform(0s, 1s)", "--to", "1s"}, "want one time"},
		{"out of bounds", []string{"--param", "load.clients", "--from", "0", "--to", "10"}, "--from: load.clients is 0, want 1 to 10000"},
		{"a limit that is off", []string{"--param", "device.connections_per_second", "--from", "0", "--to", "100"}, "--from 0: device.connections_per_second 0 is no limit: that is not the least of its values; begin above it, as in --from 1\n"},
		{"a time that is off", []string{"--param", "strategy.idle", "--from", "0ms", "--to", "1s"}, "--from 0ms: strategy.idle 0 is no limit: that is not the least of its values; begin above it, as in --from 10ms\n"},
		{"no such fault", []string{"--param", "device.faults.0.delay", "--from", "0s", "--to", "1s"}, "device.faults is empty in this scenario"},
		{"a bound of nonsense", []string{"--param", "load.gap", "--from", "0s", "--to", "1s", "--bound", "often"}, "want a share of successes"},
		{"a bound that nothing reaches", []string{"--param", "load.gap", "--from", "0s", "--to", "1s", "--bound", "success 100%"}, "no number of trials could show that"},
		{"a bound beyond all", []string{"--param", "load.gap", "--from", "0s", "--to", "1s", "--bound", "120%"}, "want a share of successes"},
		{"no trials", []string{"--param", "load.gap", "--from", "0s", "--to", "1s", "--trials", "1"}, "--trials is 1, want 2 to"},
		{"less than no commands", []string{"--param", "load.gap", "--from", "0s", "--to", "1s", "--commands", "-1"}, "--commands is -1"},
		{"commands of commands", []string{"--param", "load.commands", "--from", "1", "--to", "9", "--commands", "5"}, "--commands contradicts --param load.commands"},
		{"an unknown format", []string{"--param", "load.gap", "--from", "0s", "--to", "1s", "--format", "catalogue"}, `unknown format "catalogue", want table, json, csv`},
		{"an unknown strategy", []string{"--param", "load.gap", "--from", "0s", "--to", "1s", "--strategy", "naiv"}, `unknown strategy "naiv"; did you mean "naive"?`},
		{"an unknown scenario", []string{"--param", "load.gap", "--from", "0s", "--to", "1s", "--scenario", "limitd"}, `did you mean "limited"?`},
		{"run's own mistakes", []string{"--param", "load.gap", "--from", "0s", "--to", "1s", "--capture", "all", "--parallel", "0"}, "--parallel is 0, want 1 to 10000\nrstorm: error: --capture is"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			args := append([]string{"sweep", "-f", good}, tt.args...)
			code, stdout, stderr := do(t, t.Context(), "", args...)
			if code != exitUsage || stdout != "" || !strings.Contains(stderr, tt.stderr) {
				t.Errorf("exit %d\n%s%s\nwant in it: %s", code, stdout, stderr, tt.stderr)
			}
		})
	}
}

// clientsSwept are the flags of a sweep that is quick: more clients than the
// device has room for can't all be served.
func clientsSwept(flags ...string) []string {
	return append([]string{"sweep", "-q", "-f", "-", "--isolate", "never", "--capture", "off", "--scenario", "limited", "--strategy", "naive",
		"--param", "load.clients", "--from", "1", "--to", "8", "--commands", "60", "--bound", "success 90%"}, flags...)
}

func TestTheNumberOfClientsThatADeviceBearsIsFound(t *testing.T) {
	path := filepath.Join(t.TempDir(), "curves.json")
	code, stdout, stderr := do(t, t.Context(), fewSeats, clientsSwept("-o", path)...)
	if code != exitHeld || stderr != "" || !strings.Contains(stdout, "naive: success falls below 90 % at load.clients ") || !strings.Contains(stdout, " [3..") {
		t.Errorf("exit %d\n%s%s", code, stdout, stderr)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var s results.Sweep
	if err := json.Unmarshal(text, &s); err != nil || s.Unit != "count" || len(s.Curves[0].Points) != 8 || s.Curves[0].Crossings[0].Low != 3 || s.Environment.Version != version || s.Suite.Text != fewSeats {
		t.Errorf("%v\n%s", err, text)
	}
	code, stdout, _ = do(t, t.Context(), fewSeats, clientsSwept("--format", "csv", "--trials", "4", "--strategy", "patient")...)
	rows, err := csv.NewReader(strings.NewReader(stdout)).ReadAll()
	if err != nil || code == exitBroken || len(rows) < 1+4 || rows[1][1] != "naive" {
		t.Errorf("exit %d, %v\n%s", code, err, stdout)
	}
}

// The one client waits 40 ms for each answer: more than 25 commands a second
// can't be sent, whatever is asked for, and that those succeed proves nothing.
func TestARateThatCannotBeSentIsNotCertified(t *testing.T) {
	const slow = "{version: 1, scenarios: [{name: slow, device: {service_time: 40ms}, strategies: [naive]}]}"
	path := filepath.Join(t.TempDir(), "curves.json")
	code, stdout, stderr := do(t, t.Context(), slow, "sweep", "-q", "-f", "-", "--isolate", "never", "--capture", "off", "-o", path,
		"--param", "load.rate", "--from", "100", "--to", "102", "--commands", "20", "--bound", "50%")
	if code != exitFailed || strings.Contains(stdout, "success is above") ||
		!strings.Contains(strings.Join(strings.Fields(stdout), " "), "no value could be played as it was meant; commands could not be sent above 2") {
		t.Errorf("exit %d\n%s%s", code, stdout, stderr)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var s results.Sweep
	if err := json.Unmarshal(text, &s); err != nil || s.Curves[0].Sent > 26 || len(s.Curves[0].Points) == 0 {
		t.Fatalf("%v\n%s", err, text)
	}
	for _, p := range s.Curves[0].Points {
		if p.Side != results.Unsent && p.Side != results.Spoilt {
			t.Errorf("%+v", p)
		}
	}
}

func TestASweepWithoutDataSaysWhy(t *testing.T) {
	code, stdout, _ := do(t, t.Context(), fewSeats, "sweep", "-q", "-f", "-", "--isolate", "never", "--capture", "off", "--scenario", "skipped",
		"--strategy", "naive", "--param", "link.drop.probability", "--from", "1%", "--to", "50%")
	if code != exitFailed || !strings.Contains(stdout, "naive: no data") || !strings.Contains(stdout, "Not played: it needs packets") {
		t.Errorf("exit %d\n%s", code, stdout)
	}
}

func TestCtrlCKeepsTheCurveMeasuredSoFar(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	out, in := io.Pipe()
	var told sync.WaitGroup
	told.Go(func() { // the second curve has begun
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if strings.Contains(lines.Text(), ", patient: begins") {
				interrupt()
			}
		}
	})
	var stdout strings.Builder
	code := run(ctx, []string{"sweep", "-v", "-f", "-", "--isolate", "never", "--capture", "off", "--scenario", "limited", "--strategy", "naive,patient",
		"--param", "load.clients", "--from", "1", "--to", "2", "--commands", "30"}, strings.NewReader(fewSeats), &stdout, in)
	in.Close()
	told.Wait()
	if code != exitInterrupted || !strings.Contains(stdout.String(), "PARTIAL") || !strings.Contains(stdout.String(), "limited, naive: success over load.clients") {
		t.Errorf("exit %d\n%s", code, stdout.String())
	}
}

// The commands of the document are read and planned, and not played.
func TestTheSweepsOfTheDocumentCanBePlayed(t *testing.T) {
	text, err := os.ReadFile("docs/sweep.md")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for line := range strings.Lines(string(text)) {
		args, ok := strings.CutPrefix(line, "rstorm sweep ")
		if !ok {
			continue
		}
		found++
		var o sweepOptions
		if err := sweepFlags(&o).Parse(words(strings.TrimSpace(args))); err != nil {
			t.Errorf("%s%v", line, err)
			continue
		}
		_, bound, err := o.check()
		labels := o.strategies
		o.strategies = nil
		if err != nil || bound == 0 || len(labels) == 0 {
			t.Errorf("%s%v", line, err)
			continue
		}
		suite, _, err := o.load(t.Context(), strings.NewReader(""))
		if err != nil {
			t.Errorf("%s%v", line, err)
			continue
		}
		if curves, err := o.plan(suite, labels); err != nil || len(curves) != len(labels) {
			t.Errorf("%s%v", line, err)
		}
	}
	if found < 5 {
		t.Errorf("the document has %d sweeps", found)
	}
}
