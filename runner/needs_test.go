package runner

import (
	"errors"
	"strings"
	"testing"

	"rstorm/faults"
	"rstorm/scenarios"
)

func TestASkippedScenarioSaysWhyThereIsNoPrivateNetwork(t *testing.T) {
	suite := &scenarios.Suite{Scenarios: []scenarios.Scenario{{Name: "packets", Needs: []faults.Need{faults.Network}}, {Name: "plain"}}}
	for name, c := range map[string]struct {
		runner Runner
		want   string
	}{
		"none was wanted": {Runner{}, "--isolate makes one"},
		"one was not had": {Runner{Unisolated: errors.New("no namespaces left")}, "no namespaces left"},
	} {
		able, skipped := c.runner.skip(suite)
		if len(able.Scenarios) != 1 || len(skipped) != 1 || !strings.Contains(skipped["packets"], c.want) {
			t.Errorf("%s: %d can be played, skipped %q, want %q", name, len(able.Scenarios), skipped, c.want)
		}
	}
}
