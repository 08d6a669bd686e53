package runner

import (
	"slices"
	"strings"
	"sync"
	"time"

	"rstorm/clients"
	"rstorm/faults"
	"rstorm/scenarios"
)

// playable leaves out the scenarios that what stands in the place of link or
// device can't play; the notes say which, and why.
func (r *Runner) playable(suite *scenarios.Suite) (able *scenarios.Suite, notes []string) {
	var exact, foreign []string
	some := *suite
	some.Scenarios = nil
	for _, sc := range suite.Scenarios {
		switch {
		case r.Target != (Target{}) && sc.Protocol.TLS() != (r.Target.TLS != nil):
			foreign = append(foreign, sc.Name)
		case r.Toxiproxy != "" && slices.ContainsFunc(sc.Link, func(f faults.Fault) bool { return f.Toxic == nil }):
			exact = append(exact, sc.Name)
		default:
			some.Scenarios = append(some.Scenarios, sc)
		}
	}
	note := func(why string, left []string) {
		if len(left) > 0 {
			notes = append(notes, "Not played, because "+why+": "+strings.Join(left, ", ")+".")
		}
	}
	note("a stock Toxiproxy can carry out toxics only", exact)
	note("the target's scheme is not that of their protocol", foreign)
	return &some, notes
}

// A job is one trial to play.
type job struct {
	order      int
	scenario   *scenarios.Scenario
	strategy   scenarios.Strategy
	repetition int
	alone      bool
}

func (r *Runner) jobs(suite *scenarios.Suite) []job {
	var all []job
	for i := range suite.Scenarios {
		sc := &suite.Scenarios[i]
		for rep := range max(1, r.Repeat) {
			for _, st := range sc.Strategies {
				all = append(all, job{len(all), sc, st, rep + 1, computes(sc) || apart(st)})
			}
		}
	}
	return all
}

// apart reports whether a strategy runs as a process of its own: it keeps the
// time by itself, and neighbours would keep it from its processor.
func apart(st scenarios.Strategy) bool {
	_, conditional := st.Strategy.(clients.Conditional)
	return conditional
}

// overlap calls play for every job: first for those that need not be alone, at
// most n at once, then for the others one by one.
func overlap(jobs []job, n int, play func(job)) {
	queue := make(chan job)
	var workers sync.WaitGroup
	for range min(n, len(jobs)) {
		workers.Go(func() {
			for j := range queue {
				play(j)
			}
		})
	}
	for _, j := range jobs {
		if !j.alone {
			queue <- j
		}
	}
	close(queue)
	workers.Wait()
	for _, j := range jobs {
		if j.alone {
			play(j)
		}
	}
}

// busy is the pause per command below which a trial keeps a core so busy that
// it must not have neighbours.
const busy = 2 * time.Millisecond

// computes reports whether the trial would rather use the machine than wait.
func computes(sc *scenarios.Scenario) bool {
	pause := sc.Load.Gap.Median() + sc.Device.ServiceTime.Median()
	if sc.Load.Rate > 0 {
		pause = time.Duration(float64(time.Second) / sc.Load.Rate)
		return pause < busy
	}
	for _, f := range sc.Link {
		if f.Toxic != nil && f.Toxic.Type == "latency" {
			pause += time.Duration(f.Toxic.Attributes["latency"]) * time.Millisecond
		}
	}
	return pause < busy*time.Duration(sc.Load.Clients*max(1, sc.Load.Concurrency))
}
