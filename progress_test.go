package main

import (
	"bytes"
	"strings"
	"sync"
	"testing"

	"rstorm/results"
	"rstorm/runner"
)

// trialOf is a trial as the runner tells of it, at its begin.
func trialOf(strategy string, repetition int) runner.Progress {
	return runner.Progress{Scenario: "close race", Strategy: strategy, Repetition: repetition, Commands: 40, Done: func() int { return 7 }}
}

func ended(p runner.Progress, t results.Trial) runner.Progress {
	p.Ended = &t
	return p
}

func TestInCIEachTrialIsALine(t *testing.T) {
	var out bytes.Buffer
	p := newProgress(&out, false)
	begun := trialOf("naive", 2)
	p.observe(begun)
	p.observe(ended(begun, results.Trial{Summary: results.Summary{OK: 20, Commands: 40, Duplicates: 3,
		Resets: results.Resets{Connections: 5}}, Notes: []string{"unsaid"}}))
	p.close()
	if got, want := out.String(), "close race, naive #2: 20 of 40 ok in 0s, connections reset: 5, executed twice: 3\n"; got != want {
		t.Errorf("printed %q, want %q", got, want)
	}
}

func TestVerboseTellsWhyATrialIsDoubtful(t *testing.T) {
	var out bytes.Buffer
	p := newProgress(&out, true)
	begun := trialOf("naive", 1)
	p.observe(begun)
	p.observe(ended(begun, results.Trial{Notes: []string{"a foreign request"}, Perturbed: true, Perturbation: "late"}))
	p.close()
	for _, want := range []string{"naive: begins\n", "naive: note: a foreign request\n", "naive: perturbed: late\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("printed %q, want %q in it", out.String(), want)
		}
	}
}

func TestBarsComeAndGoWithTheirTrials(t *testing.T) {
	var out bytes.Buffer
	b := newBars(&out)
	var trials sync.WaitGroup
	for _, strategy := range []string{"naive", "close", "retry"} {
		trials.Go(func() {
			begun := trialOf(strategy, 1)
			b.observe(begun)
			if strategy != "retry" { // which is cut short
				b.observe(ended(begun, results.Trial{}))
			}
		})
	}
	trials.Wait()
	if len(b.live) != 1 {
		t.Errorf("%d bars are live, want that of the trial that has not ended", len(b.live))
	}
	b.close() // hangs if a bar is left
}
