package runner

import (
	"slices"
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
// What is told is the median of the turns, as a share of the same turn without a
// capture: of commands per second, and of commands per second of processor time,
// which others on the machine disturb less. Nothing is asserted of that, but
// that nothing is lost for speed.
func TestWhatCapturingCosts(t *testing.T) {
	if !kerneltest.Private(t) {
		return
	}
	const turns = 5
	modes := []live.Mode{"", live.Control, live.Full}
	for i, sc := range suite(t, healthy).Scenarios {
		shares := map[live.Mode]*[2][]float64{}
		for range turns {
			var off [2]float64
			for _, mode := range modes {
				speed := commandsPerSecond(t, mode, job{scenario: &sc, strategy: sc.Strategies[0], order: i})
				if mode == "" {
					off = speed
					continue
				}
				if shares[mode] == nil {
					shares[mode] = new([2][]float64)
				}
				for of := range speed {
					shares[mode][of] = append(shares[mode][of], speed[of]/off[of])
				}
			}
		}
		for _, mode := range modes[1:] {
			for of, what := range []string{"commands per second", "commands per second of processor time"} {
				slices.Sort(shares[mode][of])
				t.Logf("%s, %s: %.3f of the %s", sc.Name, mode, shares[mode][of][turns/2], what)
			}
		}
	}
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
	before := processorTime(t)
	p, err := r.play(t.Context(), c, j, time.Now())
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
