package diagnosis

import "testing"

func TestWhatIsPrintedKeepsItsQuotes(t *testing.T) {
	for in, want := range map[string]string{`/x"`: `/x\"`, `"`: `\"`, "/a\x1b[0m": `/a\x1b[0m`, "/plain": "/plain"} {
		if got := printable(in); got != want {
			t.Errorf("%q is printed as %s, want %s", in, got, want)
		}
	}
}
