package main

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"rstorm/clients/errtext"
)

func TestTheTableOfErrorTextsIsThatOfTheProgram(t *testing.T) {
	code, stdout, stderr := do(t, t.Context(), "", "explain", "--all", "--format", "markdown")
	if code != exitHeld || stderr != "" {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	if *update {
		if err := os.WriteFile("docs/errors.md", []byte(stdout), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile("docs/errors.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(text) != stdout {
		t.Error("docs/errors.md differs: rstorm explain --all --format markdown > docs/errors.md")
	}
	cells := 0
	for line := range strings.Lines(stdout) {
		if strings.HasPrefix(line, "## ") {
			cells = 0
		}
		if row := strings.ReplaceAll(line, `\|`, ""); strings.HasPrefix(row, "|") {
			if n := strings.Count(row, "|"); cells == 0 {
				cells = n
			} else if n != cells {
				t.Errorf("a row of %d cells in a table of %d: %s", n, cells, line)
			}
		}
	}
}

func TestExplainTellsWhatWhoAndWhatToDo(t *testing.T) {
	code, stdout, stderr := do(t, t.Context(), "", "explain", "Connection closed before full header was received")
	if code != exitHeld || stderr != "" {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	for _, want := range []string{"closed the connection in order", "Dart HttpClient", "closed; the same text may also stand for truncated", "EOF",
		"maybe:", "close-race             the device closes while", "http_parser.dart", "rstorm diagnose", "rstorm list causes"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("%q is not told:\n%s", want, stdout)
		}
	}
	for line := range strings.Lines(stdout) {
		if len(line) > 121 {
			t.Errorf("a line of %d columns: %s", len(line), line)
		}
	}
}

func TestExplainReadsAStackTrace(t *testing.T) {
	trace := "java.io.IOException: HTTP/1.1 header parser received no bytes\n\tat X.y(X.java:1)\nCaused by: java.net.SocketException: Connection reset\n"
	code, stdout, _ := do(t, t.Context(), trace, "explain", "--format", "json", "-")
	var told []errtext.Entry
	if err := json.Unmarshal([]byte(stdout), &told); err != nil || code != exitHeld {
		t.Fatalf("exit %d, %v: %s", code, err, stdout)
	}
	if len(told) < 2 || told[0].Outcome.String() != "reset" || told[0].Rank != errtext.System {
		t.Errorf("told %+v", told)
	}
	_, stdout, _ = do(t, t.Context(), trace, "explain", "-")
	if before, after, ok := strings.Cut(stdout, "Less likely"); !ok || !strings.Contains(before, "was reset") || !strings.Contains(after, "java.net.http") {
		t.Errorf("the root is not told first:\n%s", stdout)
	}
}

func TestExplainSaysWhatItDoesNotKnow(t *testing.T) {
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"explain", "the", "cat", "sat"}, exitFailed, "nobody here knows"},
		{[]string{"explain"}, exitUsage, "no error text"},
		{[]string{"explain", " "}, exitUsage, "no error text"},
		{[]string{"explain", "-"}, exitUsage, "no error text"},
		{[]string{"explain", "--format", "xml", "EPIPE"}, exitUsage, "unknown format"},
		{[]string{"explain", "--all", "EPIPE"}, exitUsage, "contradict"},
	} {
		if code, stdout, stderr := do(t, t.Context(), "", c.args...); code != c.code || stdout != "" || !strings.Contains(stderr, c.says) || !strings.Contains(stderr, "hint:") {
			t.Errorf("%q: exit %d, %q, %q", c.args, code, stdout, stderr)
		}
	}
	if _, err := textToExplain(iotest.ErrReader(errors.New("torn")), []string{"-"}); err == nil {
		t.Error("a broken standard input passes for a text")
	}
}
