package results_test

import (
	"strings"
	"testing"

	"rstorm/results"
)

func TestTheCatalogueHasARowForEachCauseAndEachCure(t *testing.T) {
	trial := func(scenario, strategy string, success results.Rate, resets results.Count) results.Trial {
		return results.Trial{Scenario: scenario, Strategy: strategy, Repetition: 1,
			Summary: results.Summary{Success: success, Resets: results.Resets{Connections: resets, ByCause: map[string]int{"close-race": 9, "refused": 1}},
				Failures: results.Failures{ByCause: map[string]int{"close-race": 3, "half-close": 4}}}}
	}
	r := &results.Report{Seed: 7,
		Trials: []results.Trial{
			trial("race | over TLS", "naive", .5, 20), trial("race | over TLS", "retry", 1, 20), trial("race | over TLS", "odd", 1, 20),
			trial("announced", "naive", 1, results.Unknown), trial("announced", "retry", 1, 0),
		},
		Scenarios: []results.Scenario{
			{Scenario: "race | over TLS", Shows: []string{"close-race", "stale-reuse"}, Protocol: results.HTTPS, Produced: "device: close at after-response"},
			{Scenario: "odd weather", About: "Not here.", Skipped: "needs packets"},
			{Scenario: "announced", About: "It says so.", Produced: "device: close at after-response, announced"},
			{Scenario: "filtered", Shows: []string{"firewall-drop"}, Skipped: "needs network"},
		}}
	wire := map[string]string{}
	for _, c := range results.Causes {
		wire[c.ID] = c.Wire
	}
	var out strings.Builder
	if err := results.WriteCatalogue(&out, r); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"with seed 7",
		"| cause | scenario | produced by | on the wire | named | naive | retry |\n|---|---|---|---|---|---|---|\n",
		"| `close-race` | race \\| over TLS | over https. device: close at after-response | " + wire["close-race"] + " | close-race, half-close | 50 % / 0 / 20 | 100 % / 0 / 20 |\n",
		"| `stale-reuse` | race \\| over TLS |",
		"| `firewall-drop` | filtered |  | " + wire["firewall-drop"] + " |  | skipped | skipped |\n",
		"|  | odd weather |  | Not here. |  | skipped | skipped |\n|  | announced | device: close at after-response, announced | It says so. | close-race, half-close | 100 % / 0 / ? | 100 % / 0 / 0 |\n",
		"| `port-reuse` | no scenario of this run |",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it lacks %q:\n%s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "odd |") {
		t.Error("a strategy of one scenario alone has a column")
	}
	for _, c := range results.Causes {
		if !strings.Contains(out.String(), "`"+c.ID+"`") {
			t.Errorf("%s has no row", c.ID)
		}
	}
}
