package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

func TestACommandIsSplitIntoWordsAsAShellDoes(t *testing.T) {
	for line, want := range map[string][]string{
		`node client.mjs`:              {"node", "client.mjs"},
		"  java\t-cp 'a b:c'  Main\n":  {"java", "-cp", "a b:c", "Main"},
		`a"b c"'d e'f g\ h`:            {"ab cd ef", "g h"},
		`x "" '' y`:                    {"x", "", "", "y"},
		`"a\"b\\c\$d\e" 'a\b' \"`:      {`a"b\c$d\e`, `a\b`, `"`},
		`C:\\x $HOME ~ *.js | & ; # >`: {`C:\x`, "$HOME", "~", "*.js", "|", "&", ";", "#", ">"},
		"a\\\nb \"c\\\nd\"":            {"ab", "cd"},
		`über '日本'`:                    {"über", "日本"},
		" \t\n":                        nil,
	} {
		if got, err := split(line); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %q, %v; want %q", line, got, err, want)
		}
	}
	for line, want := range map[string]string{`node 'client`: "a ' is never closed", `a "b\"`: `a " is never closed`, `a \`: "ends with a backslash", "a\x00": "zero byte"} {
		if got, err := split(line); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %q, %v; want an error with %q", line, got, err, want)
		}
	}
}

// quoted writes words so that any shell reads them as they are.
func quoted(words []string) string {
	var all []string
	for _, w := range words {
		all = append(all, "'"+strings.ReplaceAll(w, "'", `'\''`)+"'")
	}
	return strings.Join(all, " ")
}

func FuzzSplit(f *testing.F) {
	for _, line := range []string{`node client.mjs`, `a"b c"'d e'f`, `"a\"b`, "a\\\nb", `''`, "\x00", `\\`, `"\$\x"`} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		words, err := split(line)
		if err != nil {
			return
		}
		if again, err := split(quoted(words)); err != nil || !slices.Equal(again, words) {
			t.Errorf("%q is %q, and quoted it is %q, %v", line, words, again, err)
		}
		if n := len(strings.Join(words, "")); n > len(line) {
			t.Errorf("%q gave more than it holds: %q", line, words)
		}
	})
}

// The real shell is asked about lines in which it expands nothing.
func TestTheShellItselfAgrees(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no shell here")
	}
	for _, line := range []string{`a"b c"'d e'f g\ h`, `x "" '' y`, `"a\"b\\c\$d\e" 'a\b' \"`, "a\\\nb \"c\\\nd\"", `a\tb "\t" '\t'`} {
		out, err := exec.Command(sh, "-c", `printf '%s\0' `+line).Output()
		if err != nil {
			t.Fatal(err)
		}
		want := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
		if got, err := split(line); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %q, %v; the shell says %q", line, got, err, want)
		}
	}
}
