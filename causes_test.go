package main

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"rstorm/results"
	"rstorm/scenarios"
)

// named is the cell of a row with the causes that the run found.
const named = 4

// got matches what a strategy got: success in percent, duplicates, resets.
var got = regexp.MustCompile(`^(\d+) % / (\d+|\?) / (\d+|\?)$`)

// TestTheTableOfCausesIsTrue plays the catalogue again and holds docs/causes.md
// against what it comes to: words exactly, numbers as near as two runs of what
// is left to chance and to the scheduler can be.
func TestTheTableOfCausesIsTrue(t *testing.T) {
	text, err := os.ReadFile("docs/causes.md")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "results.json")
	code, stdout, stderr := do(t, t.Context(), "", "run", "-q", "--suite", "catalogue", "--format", "catalogue", "-o", path)
	if code != exitHeld {
		_, table, _ := do(t, t.Context(), "", "run", "-q", "--suite", "catalogue")
		t.Errorf("the catalogue ends with %d: %s\nand once more:\n%s", code, stderr, table)
	}
	if *update {
		if err := os.WriteFile("docs/causes.md", []byte(stdout), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	said, found := strings.Split(string(text), "\n"), strings.Split(stdout, "\n")
	if len(said) != len(found) {
		t.Fatalf("docs/causes.md has %d lines, the catalogue %d: run make causes", len(said), len(found))
	}
	chancy, wired, told := chancy(t), reportIn(t, path).Fidelity >= 2, 0
	for i := range said {
		s, f := strings.Split(said[i], " | "), strings.Split(found[i], " | ")
		if !wired && len(s) > named && len(f) > named {
			s[named], f[named] = "", "" // without packets some have no name
		}
		compareRows(t, i+1, s, f, chancy)
		if len(f) > named && f[named] != "" {
			told++
		}
	}
	if wired && told < len(results.Causes) {
		t.Errorf("only %d scenarios have a cause", told)
	}
}

// chancy names the scenarios whose numbers are nobody's to promise: in a load
// bounded by time, or of several clients, they depend on the machine; after a
// crash on how long a process takes to start; and a client that closes a TLS
// connection resets it if the device's close_notify has come by then.
func chancy(t *testing.T) map[string]bool {
	t.Helper()
	suite, err := scenarios.Parse("catalogue.yaml", bytes.NewReader(scenarios.Catalogue))
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, sc := range suite.Scenarios {
		names[sc.Name] = sc.Load.Duration > 0 || sc.Load.Clients > 1 || sc.Device.Crashes() || sc.Protocol.TLS()
	}
	return names
}

// compareRows compares a line, cell by cell. What a machine has to skip is not
// compared.
func compareRows(t *testing.T, line int, said, found []string, chancy map[string]bool) {
	t.Helper()
	if len(said) != len(found) {
		t.Errorf("line %d: says %q, the catalogue %q: run make causes", line, said, found)
		return
	}
	for i := range said {
		s, f := strings.Trim(said[i], "| "), strings.Trim(found[i], "| ")
		was, is := got.FindStringSubmatch(s), got.FindStringSubmatch(f)
		switch {
		case was != nil && is != nil && chancy[said[1]]:
		case was != nil && is != nil:
			if !alike(was[1], is[1], 25) || !alike(was[2], is[2], 6) || !alike(was[3], is[3], 15) || (was[2] == "0") != (is[2] == "0") && !alike(was[2], is[2], 2) {
				t.Errorf("line %d, %s: says %s, came to %s", line, said[1], s, f)
			}
		case i == named && (chancy[said[1]] || sameCause(s, f)):
		case s != f && s != "skipped" && f != "skipped":
			t.Errorf("line %d: says %q, the catalogue %q: run make causes", line, s, f)
		}
	}
}

// sameCause reports whether the most frequent cause of one run is one of the
// other's: which of two crossing packets is first is left to chance, and so is
// whether something rare struck at all.
func sameCause(a, b string) bool {
	x, y := strings.Split(a, ", "), strings.Split(b, ", ")
	return a == "" || b == "" || slices.Contains(y, x[0]) || slices.Contains(x, y[0])
}

// alike reports whether two numbers are so near that chance explains it.
func alike(a, b string, within float64) bool {
	x, err := strconv.ParseFloat(a, 64)
	y, err2 := strconv.ParseFloat(b, 64)
	return a == b || err == nil && err2 == nil && math.Abs(x-y) <= within
}

func TestTheTableOfCausesHasEveryRow(t *testing.T) {
	text, err := os.ReadFile("docs/causes.md")
	if err != nil {
		t.Fatal(err)
	}
	var missing []string
	for _, id := range results.CauseIDs() {
		if !strings.Contains(string(text), "\n| `"+id+"` | ") || strings.Contains(string(text), "`"+id+"` | no scenario") {
			missing = append(missing, id)
		}
	}
	if len(missing) > 0 || strings.Contains(string(text), "skipped") {
		t.Errorf("docs/causes.md lacks %v, or has skipped rows: run make causes where everything can be had", missing)
	}
}

func TestListCausesNamesAScenarioForEachRow(t *testing.T) {
	_, stdout, _ := do(t, t.Context(), "", "list", "causes")
	for _, id := range results.CauseIDs() {
		if !slices.ContainsFunc(strings.Split(stdout, "\n"), func(line string) bool { return strings.HasPrefix(line, "  "+id+" ") }) {
			t.Errorf("%s is not listed", id)
		}
	}
	if n := strings.Count(stdout, "shown in the catalogue by: "); n != len(results.Causes) || !strings.Contains(stdout, "(needs packets)") {
		t.Errorf("the catalogue shows %d causes of %d:\n%s", n, len(results.Causes), stdout)
	}
}
