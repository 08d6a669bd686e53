package main

import (
	"context"
	"os/exec"
	"strings"
	"testing"
)

func TestAdapterCheckTellsWhatIsWrong(t *testing.T) {
	done, cancel := context.WithCancel(t.Context())
	cancel()
	for _, tt := range []struct {
		name           string
		ctx            context.Context
		args           []string
		code           int
		stdout, stderr string // a part of it; empty means nothing was written
	}{
		{"nothing to do", t.Context(), nil, exitUsage, "", "write rstorm adapter check -- node client.mjs"},
		{"something else to do", t.Context(), []string{"build", "--", "x"}, exitUsage, "", "what to do with the adapter is missing"},
		{"no command", t.Context(), []string{"check"}, exitUsage, "", "the adapter's command is missing"},
		{"no dashes", t.Context(), []string{"check", "node", "x"}, exitUsage, "", `unexpected argument "node"`},
		{"an argument too many", t.Context(), []string{"check", "x", "--", "node"}, exitUsage, "", "stands after --"},
		{"too short a timeout", t.Context(), []string{"check", "--timeout", "1ms", "--", "x"}, exitUsage, "", "--timeout is 1ms, want 500ms to 1m"},
		{"no such program", t.Context(), []string{"check", "--", "no-such-program-here"}, exitFailed, "WRONG  hello: got its start: there is no such program", "docs/adapters.md"},
		{"no adapter", t.Context(), []string{"check", "--", "true"}, exitFailed, "the adapter ended (exit status 0)", "docs/adapters.md"},
		{"interrupted", done, []string{"check", "--", "true"}, exitInterrupted, "", "interrupted: not every rule was checked"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := exec.LookPath("true"); err != nil {
				t.Skip("there is no program true")
			}
			code, stdout, stderr := do(t, tt.ctx, "", append([]string{"adapter"}, tt.args...)...)
			if code != tt.code {
				t.Errorf("exit code %d, want %d", code, tt.code)
			}
			for _, s := range [][3]string{{"stdout", stdout, tt.stdout}, {"stderr", stderr, tt.stderr}} {
				if s[2] == "" && s[1] != "" || !strings.Contains(s[1], s[2]) {
					t.Errorf("%s:\n%s\nwant in it: %q", s[0], s[1], s[2])
				}
			}
		})
	}
}
