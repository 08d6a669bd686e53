package scenarios

import (
	"errors"
	"os"
	"strings"
	"testing"
)

// Whatever a file holds, Parse returns a suite that is ready to play or errors
// with a place within the file.
func FuzzParse(f *testing.F) {
	suite, err := os.ReadFile("../scenarios.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(suite))
	f.Add(fieldCase)
	f.Add(three)
	for _, c := range bad {
		text, cut := strings.CutPrefix(c.text, "-")
		if !cut {
			text = "version: 1\n" + text
		}
		f.Add(text)
	}
	for _, text := range []string{"\xef\xbb\xbfversion: 1", "version: 1\r\nscenarios: [{name: x}]\r\n", "%YAML 1.2\n---\nversion: 1\n...\n", "version: 1\nscenarios:\n- name: |\n    x\n", "a\u2028b: \u0085"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		lines := 1
		for _, r := range text {
			if strings.ContainsRune("\n\r\u0085\u2028\u2029", r) { // where YAML 1.1 breaks lines
				lines++
			}
		}
		s, err := Parse("f", strings.NewReader(text))
		if err != nil {
			all, ok := errors.AsType[*Errors](err)
			if !ok || len(all.All) == 0 || s != nil {
				t.Fatalf("got %v, %v", s, err)
			}
			for _, e := range all.All {
				if e.Line < 1 || e.Line > lines || e.Column < 1 || e.Problem == "" {
					t.Fatalf("%q: %v", text, e)
				}
			}
			return
		}
		for _, sc := range s.Scenarios {
			ready(t, &sc)
		}
	})
}

func ready(t *testing.T, sc *Scenario) {
	l := &sc.Load
	if sc.Name == "" || len(sc.Strategies) == 0 || len(l.Mix) == 0 || l.Clients < 1 || l.Timeout <= 0 ||
		(l.Commands > 0) == (l.Duration > 0) || l.Rate > 0 && !l.Gap.IsZero() {
		t.Fatalf("%+v is not ready to play", sc)
	}
	for _, st := range sc.Strategies {
		if st.Label == "" || st.Use == "" || st.Strategy == nil {
			t.Fatalf("%+v is not ready to play", st)
		}
	}
	for _, c := range l.Mix {
		if c.Method == "" || !strings.HasPrefix(c.Target, "/") {
			t.Fatalf("%+v is not ready to be sent", c)
		}
	}
}
