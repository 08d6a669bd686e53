package runner

import (
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"rstorm/kernel"
	"rstorm/kernel/kerneltest"
	"rstorm/wire/live"
)

// healthy is as fast as the harness can go: long enough to be measured, and not
// so long that ports run out.
const healthy = `
version: 1
scenarios:
  - name: on kept connections
    about: Nothing is wrong.
    load: {clients: 8, commands: 2000}
    strategies: [naive]
    device: {service_time: 0ms}
    assert: [resets == 0]
  - name: on a connection per command
    about: Nothing is wrong.
    load: {clients: 8, commands: 300}
    strategies: [close]
    device: {service_time: 0ms}
    assert: [resets == 0]
`

// The modes take turns, so that a machine that slows down slows all of them.
// What is told is the median of the turns: how fast it is without a capture, and
// with one what share of the same turn without is left, of commands per second,
// and of commands per second of processor time, which others on the machine
// disturb less. Nothing is asserted of that, but that nothing is lost for speed.
func TestWhatCapturingCosts(t *testing.T) {
	if !kerneltest.Private(t) {
		return
	}
	const turns = 3
	var table strings.Builder
	for i, sc := range suite(t, healthy).Scenarios {
		var off, control, full [2][]float64
		for range turns {
			var speeds [3][2]float64
			for m, mode := range []live.Mode{"", live.Control, live.Full} {
				speeds[m] = commandsPerSecond(t, mode, job{scenario: &sc, strategy: sc.Strategies[0], order: i})
			}
			for of, without := range speeds[0] {
				off[of] = append(off[of], without)
				control[of] = append(control[of], speeds[1][of]/without)
				full[of] = append(full[of], speeds[2][of]/without)
			}
		}
		for of, what := range []string{"commands per second", "commands per second of processor time"} {
			fmt.Fprintf(&table, "\n%-27s %-37s %7.0f   control %.3f   full %.3f", sc.Name, what, middle(off[of]), middle(control[of]), middle(full[of]))
		}
	}
	t.Logf("what is left with a capture:%s", &table)
}

func middle(all []float64) float64 {
	slices.Sort(all)
	return all[len(all)/2]
}

// commandsPerSecond plays a trial, and says how many commands it sent in a
// second, and in one of processor time.
func commandsPerSecond(t *testing.T, mode live.Mode, j job) (speed [2]float64) {
	t.Helper()
	r := Runner{Seed: 1, Isolated: kernel.Isolated(), Capture: mode}
	c, err := r.openCapture()
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	if _, err := r.play(t.Context(), common{capture: c, began: time.Now()}, j); err != nil { // the memory that a run needs is taken by its first trial
		t.Fatal(err)
	}
	before := processorTime(t)
	p, err := r.play(t.Context(), common{capture: c, began: time.Now()}, j)
	if err != nil {
		t.Fatal(err)
	}
	used := processorTime(t) - before
	if s := p.trial.Summary; s.OK != s.Commands || c != nil && !p.group.certificate.Certified {
		t.Errorf("with %q %d of %d commands were answered, and the capture is %+v", mode, s.OK, s.Commands, p.group.of())
	}
	began, ended := p.records[0].Sent, p.records[0].Done
	for i := range p.records {
		began, ended = min(began, p.records[i].Sent), max(ended, p.records[i].Done)
	}
	n := float64(len(p.records))
	return [2]float64{n / (ended - began).Seconds(), n / used.Seconds()}
}

func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
