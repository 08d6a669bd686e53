package wire_test

import (
	"slices"
	"testing"

	"rstorm/results"
	"rstorm/wire"
	"rstorm/wire/wiretest"
)

func TestTheFieldCaseIsACloseRaceThatNoCheckCouldHavePrevented(t *testing.T) {
	all := conversationsOf(wiretest.Golden().Packets)
	if len(all) != 1 {
		t.Fatalf("%d conversations, want 1", len(all))
	}
	f := wire.Explain(all[0], wire.Witness{})
	if f.Cause != "close-race" || !f.Certain() {
		t.Errorf("the cause is %s (candidates %v), want close-race for certain", f.Cause, f.Candidates)
	}
	if f.Origin != results.ByDevice || f.Phase != results.PhaseWait || !f.Reset {
		t.Errorf("origin %s, phase %s, reset %t", f.Origin, f.Phase, f.Reset)
	}
	for _, words := range []string{
		"request #3 (GET /query/state) left 0.48 ms before FIN #4 came and does not acknowledge it",
		"checking before reuse could not have helped",
		"sent 2.2 ms after answer #2 (200), and the FIN 2.7 ms after it",
		"does not acknowledge the request either",
		"RST #7 answers the request",
	} {
		if !says(f.Evidence, words) {
			t.Errorf("the evidence does not say %q:\n%q", words, f.Evidence)
		}
	}
	if want := []int{2, 3, 4, 6, 7, 8, 9}; !slices.Equal(f.Packets, want) {
		t.Errorf("it rests on packets %v, want %v", f.Packets, want)
	}
}
