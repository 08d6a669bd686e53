package errtext_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rstorm/clients/errtext"
	"rstorm/results"
)

// A sample is an error that a real client told, and what had been done to it.
type sample struct {
	Client    string
	Did       string
	Truth     results.Outcome
	Ambiguous bool // the text alone can't tell: the truth is among what it may also be
	Error     errtext.Error
}

func (s sample) text() string {
	text := s.Error.Msg
	if s.Error.Name != "" {
		text = s.Error.Name + ": " + text
	}
	return strings.Join(append([]string{s.Error.Code, text}, s.Error.Chain...), "\n")
}

func samples(t testing.TB) []sample {
	t.Helper()
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) < 6 {
		t.Fatalf("only the files %v: %v", files, err)
	}
	var all []sample
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for lines := bufio.NewScanner(f); lines.Scan(); {
			var s sample
			if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
				t.Fatalf("%s: %v in %s", name, err, lines.Text())
			}
			all = append(all, s)
		}
	}
	return all
}

func TestWhatRealClientsSayIsReadAsWhatWasDoneToThem(t *testing.T) {
	for _, s := range samples(t) {
		reading, entries := errtext.Read(s.Error), errtext.Explain(s.text())
		if len(entries) == 0 {
			t.Errorf("%s, %s: %+v is unknown", s.Client, s.Did, s.Error)
			continue
		}
		first := entries[0]
		if reading.Outcome != first.Outcome || reading.Means != first.Means || reading.Errno != first.Errno || !slices.Equal(reading.Causes, first.Causes) {
			t.Errorf("%s, %s: read as %+v, but explained as %+v", s.Client, s.Did, reading, first)
		}
		if first.Rank == errtext.System && first.Outcome == results.Reset && first.Errno == "" {
			t.Errorf("%s, %s: %+v is reset by no errno (%q)", s.Client, s.Did, s.Error, first.Texts)
		}
		switch {
		case s.Ambiguous && !slices.Contains(first.Also, s.Truth):
			t.Errorf("%s, %s: %+v may be %v or %v, want %v among the latter (%q)", s.Client, s.Did, s.Error, first.Outcome, first.Also, s.Truth, first.Texts)
		case !s.Ambiguous && first.Outcome != s.Truth:
			t.Errorf("%s, %s: %+v is %v, want %v (%q)", s.Client, s.Did, s.Error, first.Outcome, s.Truth, first.Texts)
		}
	}
}
