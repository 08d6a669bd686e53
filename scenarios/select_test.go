package scenarios

import (
	"fmt"
	"strings"
	"testing"
)

const three = `
version: 1
defaults: {strategies: [naive, close]}
scenarios:
  - {name: close race, assert: [naive.success < 60%, close.success - naive.success > 30%]}
  - {name: Stale reuse, strategies: [naive, {use: retry, as: patient}]}
  - {name: calm, strategies: [close]}
`

func TestASelectionNarrowsTheSuite(t *testing.T) {
	for _, c := range []struct{ globs, labels, want string }{
		{"", "", "close race: naive close -; Stale reuse: naive patient -; calm: close -"},
		{"close race", "", "close race: naive close -"},
		{"CALM|s*", "", "Stale reuse: naive patient -; calm: close -"},
		{"*", "naive", "close race: naive - close; Stale reuse: naive - patient"},
		{"", "close|patient", "close race: close - naive; Stale reuse: patient - naive; calm: close -"},
		{"[cs]* r*", "patient|patient", "Stale reuse: patient - naive"},
	} {
		s := parse(t, three)
		if err := s.Select(words(c.globs), words(c.labels)); err != nil {
			t.Errorf("%+v: %v", c, err)
		}
		if got := outline(s); got != c.want {
			t.Errorf("%q with %q is %s, want %s", c.globs, c.labels, got, c.want)
		}
	}
}

func TestTwoSelectionsNarrowFurther(t *testing.T) {
	s := parse(t, three)
	for _, label := range []string{"naive|close", "close"} {
		if err := s.Select([]string{"close race"}, words(label)); err != nil {
			t.Fatal(err)
		}
	}
	if got := outline(s); got != "close race: close - naive" || len(s.Scenarios[0].Assert) != 2 {
		t.Errorf("got %s", got)
	}
}

func TestWhatSelectsNothingIsAnError(t *testing.T) {
	for _, c := range []struct{ globs, labels, want string }{
		{"clsoe race", "", `no scenario matches "clsoe race"; did you mean "close race"?`},
		{"race", "", `no scenario matches "race"; known: close race, Stale reuse, calm`},
		{"calm|[", "", `"[" is not a pattern: syntax error in pattern`},
		{"", "naiv|peek", `no scenario to be played has the strategy "naiv"; did you mean "naive"?
no scenario to be played has the strategy "peek"; known: naive, close, patient`},
		{"calm", "naive", `no scenario to be played has the strategy "naive"; known: close`},
		{"x", "y", `no scenario matches "x"; known: close race, Stale reuse, calm
no scenario to be played has the strategy "y"; known: naive, close, patient`},
	} {
		s := parse(t, three)
		before := outline(s)
		if err := s.Select(words(c.globs), words(c.labels)); err == nil || err.Error() != c.want {
			t.Errorf("%+v: got %v", c, err)
		}
		if after := outline(s); after != before {
			t.Errorf("%+v left %s", c, after)
		}
	}
}

func words(list string) []string {
	if list == "" {
		return nil
	}
	return strings.Split(list, "|")
}

func outline(s *Suite) string {
	var all []string
	for _, sc := range s.Scenarios {
		line := sc.Name + ":"
		for _, st := range sc.Strategies {
			line += " " + st.Label
		}
		all = append(all, strings.TrimSpace(fmt.Sprintln(line, "-", strings.Join(sc.Skipped, " "))))
	}
	return strings.Join(all, "; ")
}
