package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"rstorm/scenarios"
)

var update = flag.Bool("update", false, "write the README's transcripts and tables anew")

// times match whatever differs between two runs with one seed, with the spaces
// before it.
var times = regexp.MustCompile(` *[0-9][0-9.]*(ns|us|ms|s)\b`)

// varies matches the remark that the machine was busy.
var varies = regexp.MustCompile("perturbed|the machine was")

// rests matches what the run says of its evidence, which may take several lines.
var rests = regexp.MustCompile("(?m)^(fidelity|captures).*\n(  .*\n)*")

// blocks returns the README's fenced blocks in a language.
func blocks(t *testing.T, readme, language string) []string {
	t.Helper()
	var all []string
	for _, m := range regexp.MustCompile("(?s)```"+language+"\n(.*?)```").FindAllStringSubmatch(readme, -1) {
		all = append(all, m[1])
	}
	if len(all) == 0 {
		t.Fatalf("the README has no %s block", language)
	}
	return all
}

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestREADMETranscriptsAreWhatTheCommandsPrint(t *testing.T) {
	text := readme(t)
	for _, block := range blocks(t, text, "console") {
		line, printed, _ := strings.Cut(block, "\n")
		args, ok := strings.CutPrefix(line, "$ rstorm ")
		if !ok {
			t.Fatalf("a transcript begins with %q", line)
		}
		code, stdout, stderr := do(t, t.Context(), "", words(args)...)
		if code != exitHeld && !(code == exitFailed && words(args)[0] == "diagnose") || stderr != "" {
			t.Errorf("%s: exit %d\n%s", line, code, stderr)
		}
		if begun, more := strings.CutSuffix(printed, "...\n"); more { // only the beginning is shown
			all := strings.SplitAfter(stdout, "\n")
			stdout = strings.Join(all[:min(strings.Count(begun, "\n"), len(all))], "") + "...\n"
		}
		if masked(stdout) != masked(printed) {
			t.Errorf("%s prints\n%s\nthe README says\n%s", line, stdout, printed)
		}
		text = strings.Replace(text, block, line+"\n"+stdout, 1)
	}
	if *update {
		if err := os.WriteFile("README.md", []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// masked drops what differs from run to run and from system to system: times,
// the runs of spaces that align them, the remark that the machine was busy, and
// what is said of the fidelity and the captures.
func masked(s string) string {
	var out strings.Builder
	for line := range strings.Lines(rests.ReplaceAllString(s, "")) {
		if !varies.MatchString(line) {
			out.WriteString(strings.Join(strings.Fields(times.ReplaceAllString(line, " T")), " ") + "\n")
		}
	}
	return out.String()
}

// words splits a command line as far as the README needs it: at spaces outside
// of single quotes.
func words(line string) []string {
	var all []string
	for i, part := range strings.Split(line, "'") {
		if i%2 == 1 {
			all = append(all, part)
		} else {
			all = append(all, strings.Fields(part)...)
		}
	}
	return all
}

func TestREADMESamplesAreValid(t *testing.T) {
	text := readme(t)
	for _, block := range blocks(t, text, "yaml") {
		if _, err := scenarios.Parse("README.md", strings.NewReader(block)); err != nil {
			t.Error(err)
		}
	}
	var sources bytes.Buffer
	for _, file := range []string{"clients/breaker.go"} {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		sources.Write(source)
	}
	for _, block := range blocks(t, text, "go") {
		for line := range strings.Lines(block) {
			if !strings.Contains(sources.String(), line) {
				t.Errorf("no source has the line %q", line)
			}
		}
	}
}

func TestREADMETablesAreComplete(t *testing.T) {
	text := readme(t)
	for _, e := range exitCodes {
		if row := fmt.Sprintf("| %d | %s | %s |\n", e.code, e.meaning, e.diagnosing); !strings.Contains(text, row) {
			t.Errorf("the README lacks the row %s", row)
		}
	}
	layout, err := os.ReadFile("docs/layout.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, room := range rooms {
		if row := regexp.MustCompile("(?m)^\\|[^|]*`" + regexp.QuoteMeta(room.dir) + "/?`[^|]*\\|"); !row.Match(layout) {
			t.Errorf("docs/layout.md lacks the folder %s", room.dir)
		}
	}
	makefile, err := os.ReadFile("Makefile")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile("(?m)(?:^|`)make ([a-z]+)").FindAllStringSubmatch(text, -1) {
		if !strings.Contains(string(makefile), "\n"+m[1]+":") {
			t.Errorf("there is no target %s", m[1])
		}
	}
	if n := strings.Count(text, "\n"); n > 150 {
		t.Errorf("the README has %d lines, want 150 at most", n)
	}
}

func TestEveryFlagIsExplained(t *testing.T) {
	for _, c := range commands() {
		if c.name == "help" {
			continue
		}
		code, stdout, _ := do(t, t.Context(), "", c.name, "--help")
		golden := filepath.Join("testdata", "help-"+c.name+".golden")
		if *update {
			if err := os.WriteFile(golden, []byte(stdout), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if code != exitHeld || stdout != string(want) {
			t.Errorf("%s --help prints\n%s\nwant\n%s", c.name, stdout, want)
		}
	}
}
