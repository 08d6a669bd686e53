package runner

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"rstorm/clients"
	"rstorm/clients/adapter"
	"rstorm/results"
	"rstorm/scenarios"
)

// An UnableError says that strategies in [Runner.Wanted] can't be played in any
// of the suite's scenarios, and why. Nothing was sent.
type UnableError struct{ Strategies []results.Unplayed }

// Error names them, a line for each.
func (e *UnableError) Error() string {
	var lines []string
	for _, u := range e.Strategies {
		lines = append(lines, fmt.Sprintf("%s can't be played: %s", u.Strategy, u.Why))
	}
	return strings.Join(lines, "\n")
}

// unplayed are the strategies that can't be played in a scenario, by its name.
type unplayed map[string][]results.Unplayed

// leaveOut takes out of the suite the strategies that can't be played here, and
// the scenarios that are left without one. It asks each that is
// [clients.Conditional], which may start processes. The error is an
// [*UnableError], or ctx's cause.
func (r *Runner) leaveOut(ctx context.Context, suite *scenarios.Suite, adapters *adapter.Pool) (*scenarios.Suite, unplayed, error) {
	some, out := *suite, unplayed{}
	some.Scenarios = nil
	for _, sc := range suite.Scenarios {
		var able []scenarios.Strategy
		for _, st := range sc.Strategies {
			why := r.able(ctx, &sc, st.Strategy, adapters)
			if ctx.Err() != nil {
				return nil, nil, context.Cause(ctx)
			}
			if why == nil {
				able = append(able, st)
			} else {
				out[sc.Name] = append(out[sc.Name], results.Unplayed{Strategy: st.Label, Why: why.Error()})
			}
		}
		if sc.Strategies = able; len(able) > 0 {
			some.Scenarios = append(some.Scenarios, sc)
		}
	}
	return &some, out, r.wanting(suite, &some, out)
}

// able reports why a strategy can't be played in a scenario; nil if it can.
func (r *Runner) able(ctx context.Context, sc *scenarios.Scenario, st clients.Strategy, adapters *adapter.Pool) error {
	c, ok := st.(clients.Conditional)
	if !ok {
		return nil
	}
	load := &sc.Load
	switch {
	case sc.Protocol.HTTP2():
		return errors.New("it is not told to speak HTTP/2, as the scenario wants")
	case load.Ports > 0:
		return errors.New("it is not told its source ports, which the scenario gives")
	}
	n := clients.Network{Protocol: sc.Protocol, TLS: r.Target.TLS, CA: []byte(r.Target.CA), Seed: r.Seed, Adapters: adapters}
	return c.Able(ctx, n, r.demand(load))
}

// demand is what a load asks of a client. Of an open loop it is known beforehand
// what becomes due, by time too.
func (r *Runner) demand(load *scenarios.Load) clients.Demand {
	d := clients.Demand{Clients: load.Clients, Concurrency: max(1, load.Concurrency),
		Open: load.Rate > 0, Constant: steady(load), Commands: load.Commands}
	if !d.Open {
		return d
	}
	if load.Duration > 0 {
		d.Commands = int(math.Ceil(load.Duration.Seconds() * load.Rate / float64(load.Clients)))
	}
	mix := newMix(load, 0, r.Seed, r.Target.Prefix)
	n := len(load.Mix)
	for i := range n {
		beyond := (d.Commands/n + 1) * n // where a round begins
		d.Round = append(d.Round, mix.command(results.CommandID{Client: uint32(load.Clients), Seq: uint32(beyond + i)}))
	}
	return d
}

// wanting is an error if a strategy that was wanted is left in no scenario.
func (r *Runner) wanting(before, after *scenarios.Suite, out unplayed) error {
	var unable []results.Unplayed
	for _, label := range r.Wanted {
		if has(after, label) || !has(before, label) {
			continue
		}
		for _, sc := range before.Scenarios {
			for _, u := range out[sc.Name] {
				if u.Strategy == label && !slices.Contains(unable, u) {
					unable = append(unable, u)
				}
			}
		}
	}
	if len(unable) == 0 {
		return nil
	}
	return &UnableError{unable}
}

// has reports whether a scenario plays a strategy of that label.
func has(suite *scenarios.Suite, label string) bool {
	return slices.ContainsFunc(suite.Scenarios, func(sc scenarios.Scenario) bool {
		return slices.ContainsFunc(sc.Strategies, func(st scenarios.Strategy) bool { return st.Label == label })
	})
}

// unable reports whether a strategy is among those that can't be played.
func unable(out []results.Unplayed, label string) bool {
	return slices.ContainsFunc(out, func(u results.Unplayed) bool { return u.Strategy == label })
}

// everyone says why a scenario is not played whose strategies all can't be.
func everyone(out []results.Unplayed) string {
	var whys []string
	for _, u := range out {
		whys = append(whys, u.Strategy+": "+u.Why)
	}
	return "none of its strategies can be played here: " + strings.Join(whys, "; ")
}
