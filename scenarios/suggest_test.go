package scenarios

import (
	"strings"
	"testing"
)

func TestTheNearestNameIsSuggested(t *testing.T) {
	names := []string{"reset", "close", "half-close", "drain", "delay", "p99", "p50"}
	for name, want := range map[string]string{
		"rest": "reset", "restes": "reset", "RESET": "reset", "half_close": "half-close", "halfclose": "half-close",
		"dealy": "delay", "p9": "p99", "p60": "p50", "cloze": "close", "xyz": "", "": "", "resetting-everything": "",
	} {
		if got := nearest(name, names); got != want {
			t.Errorf("%q is taken for %q, want %q", name, got, want)
		}
	}
	if long := strings.Repeat("x", 100); nearest(long, []string{long + "y"}) != "" {
		t.Error("a text of 100 letters was compared")
	}
}

func TestDistanceCountsSlips(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"abc", "abc", 0}, {"abc", "abd", 1}, {"abc", "acb", 1}, {"abc", "bc", 1}, {"ca", "abc", 3},
		{"kitten", "sitting", 3}, {"für", "fur", 1},
	} {
		if got, back := distance(c.a, c.b), distance(c.b, c.a); got != c.want || back != c.want {
			t.Errorf("%q to %q is %d, back %d, want %d", c.a, c.b, got, back, c.want)
		}
	}
}
