package main

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"rstorm/results"
	"rstorm/runner"
	"rstorm/scenarios"
	"rstorm/sweep"
)

// The rates in which a limit is looked for, in commands a second, and how much
// is sent to find it. A trial takes about limitTime, and less at high rates.
const (
	slowest, fastest = 10.0, 5000.0
	limitBound       = 0.99
	limitTime        = 2 * time.Second
	limitCommands    = 500              // of a trial
	limitTrials      = 120              // of a scenario
	limitTogether    = 1000.0           // commands a second of all trials that overlap: the machine is not what is to break
	limitAtMost      = 30 * time.Second // of a scenario, but for the trials that are under way by then
)

// findLimits looks for the rate above which each scenario's recommended
// strategy breaks, and adds it to the report. A strategy that breaks at the
// scenario's own load has no limit to be found.
func (o *runOptions) findLimits(ctx context.Context, s streams, r *runner.Runner, suite *scenarios.Suite, report *results.Report) error {
	own := *r
	own.Repeat, own.Capture, own.Uncaptured, own.Packets, own.Observe = 1, "", nil, nil, nil
	if r.Target != (runner.Target{}) {
		own.Parallel = 1 // or the device would get the sum of the rates
	}
	if !o.quiet {
		fmt.Fprintln(s.err, "rstorm: looking for the rates above which the recommended strategies break")
		p := newProgress(s.err, o.verbose)
		defer p.close()
		own.Observe = p.observe
	}
	var err error
	for i := range report.Recommendations {
		c := &report.Recommendations[i]
		at := slices.IndexFunc(suite.Scenarios, func(sc scenarios.Scenario) bool { return sc.Name == c.Scenario })
		if at < 0 || c.Strategy == "" || c.BreaksHere() {
			continue
		}
		l := &limit{runner: &own, scenario: suite.Scenarios[at], least: slowest, most: fastest, bound: limitBound, span: limitTime}
		if err = l.find(ctx, c, report); err != nil {
			report.Partial = true
			report.Judge()
			err = fmt.Errorf("look for the limit of %s in %s: %w", c.Strategy, c.Scenario, err)
			break
		}
	}
	report.Elapsed = time.Since(report.Began)
	return err
}

// A limit is a search for one.
type limit struct {
	runner   *runner.Runner
	scenario scenarios.Scenario

	least, most float64       // rates between which it looks
	own         bool          // most is what the clients can send, not what anyone wants to know
	bound       float64       // on success
	span        time.Duration // about how long a trial sends

	played int // trials begun, for their names: the draws depend on them
	pace   pace
}

// find looks for the limit of a recommended strategy.
func (l *limit) find(ctx context.Context, c *results.Recommendation, report *results.Report) error {
	st, err := l.scenario.Strategy(c.Strategy)
	if err != nil {
		return err
	}
	l.scenario.Strategies, l.scenario.Skipped, l.scenario.Assert = []scenarios.Strategy{st}, nil, nil
	if l.reach(c, report); l.most <= l.least {
		c.Limits = "its clients can't send fast enough to look for the rate above which it breaks"
		return nil
	}
	c.BreaksAbove, c.Limits, err = l.search(ctx)
	return err
}

// search works on a logarithmic scale: what breaks at 20 commands a second and
// what breaks at 2000 are to be found with the same care.
func (l *limit) search(ctx context.Context) (found *results.Limit, text string, err error) {
	round := func(v float64) float64 {
		rate := math.Round(math.Exp(v)/slowest) * slowest // at low rates a trial is too short to tell closer ones apart
		return math.Log(min(max(twoDigits(rate), l.least), l.most))
	}
	l.pace = pace{bound: l.bound}
	began := time.Now()
	curve, err := sweep.Search{From: math.Log(l.least), To: math.Log(l.most), Bound: l.bound, Trials: limitTrials,
		Enough: func() bool { return time.Since(began) > limitAtMost }, Play: l.play, Round: round}.Find(ctx)
	if err != nil {
		return nil, "", err
	}
	found, text = l.conclude(curve)
	return found, text, nil
}

// reach sets the rate to look up to: beyond what the clients can send, one
// command after the other, a higher rate is no higher load.
func (l *limit) reach(c *results.Recommendation, report *results.Report) {
	load := &l.scenario.Load
	if load.Duration > 0 {
		l.most = min(l.most, 2*limitCommands/load.Duration.Seconds())
	}
	for i := range report.Trials {
		t := &report.Trials[i]
		if t.Scenario != c.Scenario || t.Strategy != c.Strategy || t.Summary.Service.P50 <= 0 {
			continue
		}
		// In a closed loop the latency has no queueing in it; in an open one only the service has none.
		took := t.Summary.Latency.P50
		if load.Rate > 0 {
			took = t.Summary.Service.P50
		}
		if can := twoDigits(float64(load.Clients*max(1, load.Concurrency)) / took.Seconds()); can < l.most {
			l.most, l.own = can, true
		}
	}
}
