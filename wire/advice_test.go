package wire_test

import (
	"slices"
	"strings"
	"testing"

	"rstorm/results"
	"rstorm/wire"
)

func TestThereIsAdviceForEachCauseAndForNothingElse(t *testing.T) {
	if got, want := slices.Sorted(slices.Values(wire.AdviceIDs())), slices.Sorted(slices.Values(results.CauseIDs())); !slices.Equal(got, want) {
		t.Fatalf("there is advice for\n%v, want\n%v", got, want)
	}
	for _, id := range append(results.CauseIDs(), results.CauseUnknown) {
		for _, text := range func() []string { c, d := wire.Advise(id); return []string{c, d} }() {
			if !strings.HasSuffix(text, ".") || len(text) < 20 || strings.Count(text, ". ") > 1 {
				t.Errorf("%s: %q is not one sentence or two", id, text)
			}
		}
	}
}

func TestACloseRaceIsCuredByAFreshConnectionOrAGuardedRetryAndAStaleReuseByLooking(t *testing.T) {
	client, device := wire.Advise("close-race")
	for _, cure := range []string{"Connection: close", "fresh connection", "send a command again", "idempotent", "not executed"} {
		if !strings.Contains(client, cure) {
			t.Errorf("the client's author is not told of %q", cure)
		}
	}
	for _, cure := range []string{"Connection: close", "idle", "lingering close"} {
		if !strings.Contains(device, cure) {
			t.Errorf("the device's owner is not told of %q", cure)
		}
	}
	if client, _ = wire.Advise("stale-reuse"); !strings.Contains(client, "before reuse helps") {
		t.Error("nobody says that checking before reuse helps against a stale connection")
	}
}

func TestRulesNameCausesOfTheCatalogue(t *testing.T) {
	for _, id := range wire.RuleCauses() {
		if !results.IsCause(id) {
			t.Errorf("%q is no cause", id)
		}
	}
}
