package runner

import (
	"testing"

	"rstorm/kernel/kerneltest"
	"rstorm/results"
)

func TestTheKernelSentExactlyTheResetsThatTheLinkLogged(t *testing.T) {
	if !kerneltest.Private(t) {
		return
	}
	_, report := playedBy(t, Runner{Seed: 7, Parallel: 4}, suite(t, afterExecution))
	logged := 0
	for _, trial := range report.Trials {
		logged += int(trial.Summary.Resets.Connections)
		if trial.Summary.Resets.ByOrigin[results.ByLink] != int(trial.Summary.Resets.Connections) {
			t.Errorf("%s: resets by %v", trial.Strategy, trial.Summary.Resets.ByOrigin)
		}
	}
	// A reset by the link is one RST on each of its two legs.
	if report.Kernel == nil || logged == 0 || int(report.Kernel.OutResets) != 2*logged {
		t.Errorf("the kernel sent %+v, the link logged %d connections", report.Kernel, logged)
	}
}
