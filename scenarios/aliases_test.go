package scenarios

import (
	"strings"
	"testing"

	"rstorm/clients"
)

// none is another name for the words that say that nothing is done. It is read
// as the word, and told as that.
func TestOtherNamesAreReadAsTheWord(t *testing.T) {
	s := scenarioOf(t, "version: 1\nscenarios: [{name: x, strategies: [{use: peek, liveness: none, close: none}]}]", 0).Strategies[0]
	raw, ok := s.Strategy.(clients.Raw)
	if !ok || raw.Liveness != clients.Blind || raw.Close != clients.CloseNothing || s.Settings != "liveness: blind, close: nothing" {
		t.Errorf("got %+v", s)
	}
	for _, f := range Fields(clients.Raw{}) {
		if f.Key == "liveness" && (strings.Contains(f.Type, "none") || !strings.Contains(f.Doc, "none")) {
			t.Errorf("listed as %+v", f)
		}
	}
}
