package runner

import (
	"testing"

	"rstorm/results"
)

// A new client per command closes the old one's connections by force, whatever
// they carry: with several commands at once these are other callers' requests.
func TestARefreshedClientKillsTheRequestsOfItsOtherCallers(t *testing.T) {
	trials, report := playedBy(t, Runner{Seed: 1, Parallel: 2}, suite(t, `
version: 1
scenarios:
  - name: shared client
    about: Four commands at once on one client, each of which takes the device 20 ms.
    device: {service_time: 20ms}
    load: {commands: 80, concurrency: 4, gap: 3ms}
    strategies: [close, refresh]
    assert: [{close: success == 100%}, {refresh: [success < 50%, ghosts > 0]}]
`))
	for _, s := range report.Scenarios[0].Verdicts {
		t.Errorf("%+v", s)
	}
	if !report.Held {
		t.Errorf("verdicts: %+v", report.Trials)
	}
	whole, killed := trials["close"].Summary, trials["refresh"].Summary
	if whole.OK != 80 || whole.Resets.Connections != 0 || whole.Connections != 80 || whole.Reordered != 0 {
		t.Errorf("close: %d of 80 ok, resets %+v, %d connections, %d reordered", whole.OK, whole.Resets, whole.Connections, whole.Reordered)
	}
	failed := killed.Outcomes[results.Failed]
	if failed == 0 || failed+killed.OK != 80 || killed.Failures.ByCause["client-abort"] != failed {
		t.Errorf("refresh: %v, failed attempts by cause %v; want failed ones that the client aborted", killed.Outcomes, killed.Failures.ByCause)
	}
	if killed.Ghosts == 0 || killed.Resets.ByOrigin[results.ByDevice] != 0 {
		t.Errorf("refresh: %d ghosts, resets by %v", killed.Ghosts, killed.Resets.ByOrigin)
	}
}
