package main

import (
	"cmp"
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

// A practice plays the trials of a sweep.
type practice struct {
	options *sweepOptions
	runner  *runner.Runner
	suite   *scenarios.Suite
	bound   float64

	out         *results.Sweep
	began       time.Time // of the curve under way
	samples     int       // trials that it has
	pace        pace      // of it
	played      int       // trials begun, for their names: the draws depend on them
	runs        int
	shortest    int // commands of each client in the shortest trial that was made to fit; 0 if none was
	uncertified int
}

// all looks for the crossings of one curve after the other. The sweep has what
// was measured also if there is an error.
func (p *practice) all(ctx context.Context, s streams, curves []planned) (*results.Sweep, error) {
	o, first := p.options, &curves[0]
	p.out = &results.Sweep{Seed: o.seed, Began: time.Now(), Setting: o.param, Unit: string(first.setting.Unit),
		From: first.from, To: first.to, FromText: first.setting.Text(first.from), ToText: first.setting.Text(first.to),
		Step: first.step, Bound: results.Rate(p.bound)}
	if !o.quiet {
		fmt.Fprintf(s.err, "rstorm: %s from %s to %s, curves: %d, of about %v each at most, seed %d\n", o.param, p.out.FromText, p.out.ToText, len(curves), o.atMost, o.seed)
		shown := newProgress(s.err, o.verbose)
		defer shown.close()
		p.runner.Observe = shown.observe
	}
	var err error
	for _, c := range o.foreignFirst(curves) {
		if err = p.one(ctx, c); err != nil {
			break
		}
	}
	p.order(curves)
	p.conclude(first)
	p.out.Partial, p.out.Elapsed = err != nil, time.Since(p.out.Began)
	p.out.Environment.Version, p.out.Environment.Build = version, build()
	return p.out, err
}

// foreignFirst is the order to play in: whether the user's own client can be
// played at all is to be known before anything is sent.
func (o *sweepOptions) foreignFirst(curves []planned) []*planned {
	var own, others []*planned
	for i := range curves {
		if c := &curves[i]; slices.Contains(o.wanted, c.label) {
			own = append(own, c)
		} else {
			others = append(others, c)
		}
	}
	return append(own, others...)
}

// order puts the curves into the order that was asked for.
func (p *practice) order(curves []planned) {
	at := func(c results.Curve) int {
		return slices.IndexFunc(curves, func(o planned) bool { return o.scenario.Name == c.Scenario && o.label == c.Strategy })
	}
	slices.SortFunc(p.out.Curves, func(a, b results.Curve) int { return cmp.Compare(at(a), at(b)) })
}

// one is one curve.
func (p *practice) one(ctx context.Context, c *planned) error {
	p.began, p.samples, p.pace = time.Now(), 0, pace{bound: p.bound}
	p.out.Note(c.setting.Note)
	p.runner.Wanted = nil
	if slices.Contains(p.options.wanted, c.label) {
		p.runner.Wanted = []string{c.label}
	}
	search := sweep.Search{From: c.from, To: c.to, Bound: p.bound, Round: c.round, Trials: p.options.trials, Enough: p.enough,
		Play: func(ctx context.Context, values []float64) ([]sweep.Sample, error) { return p.few(ctx, c, values) }}
	curve, err := search.Find(ctx)
	curve.Scenario, curve.Strategy = c.scenario.Name, c.label
	if slices.ContainsFunc(curve.Points, func(at results.CurvePoint) bool { return at.Side == results.Unsent }) {
		curve.Sent = twoDigits(p.pace.sent)
	}
	for i := range curve.Points {
		curve.Points[i].Text = c.setting.Text(curve.Points[i].Value)
	}
	for i := range curve.Crossings {
		x := &curve.Crossings[i]
		if tenth := c.step / 10; c.setting.Unit != scenarios.Whole { // what it has beyond that means nothing
			x.Value = min(max(math.Round(x.Value/tenth)*tenth, x.Low), x.High)
		}
		x.Text, x.LowText, x.HighText = c.setting.Text(x.Value), c.setting.Text(x.Low), c.setting.Text(x.High)
	}
	p.out.Curves = append(p.out.Curves, *curve)
	return err
}

// play plays one trial for each value, side by side as far as the runner finds
// that they do not disturb each other.
func (p *practice) play(ctx context.Context, c *planned, values []float64) ([]sweep.Sample, error) {
	suite := &scenarios.Suite{Text: p.suite.Text}
	for _, v := range values {
		sc, err := c.setting.With(v)
		if err != nil {
			return nil, err
		}
		p.played++
		p.fit(sc)
		sc.Name = fmt.Sprintf("%s, %s %s, trial %d", sc.Name, c.setting.Path, c.setting.Text(v), p.played)
		suite.Scenarios = append(suite.Scenarios, *sc)
	}
	report, err := p.runner.Run(ctx, suite)
	p.learn(report)
	samples := make([]sweep.Sample, len(values))
	for i := range report.Trials {
		t := &report.Trials[i]
		at := slices.IndexFunc(suite.Scenarios, func(sc scenarios.Scenario) bool { return sc.Name == t.Scenario })
		samples[at] = sweep.Sample{Commands: t.Summary.Commands, OK: t.Summary.OK, Losses: t.Summary.Losses(),
			P99: t.Summary.Latency.P99, Perturbed: t.Perturbed, Unsent: p.pace.unsent(&suite.Scenarios[at].Load, &t.Summary)}
	}
	return samples, err
}

// learn keeps what a run tells of all its trials.
func (p *practice) learn(report *results.Report) {
	noted(report, p.runner)
	if p.runs++; p.runs == 1 || report.Fidelity < p.out.Fidelity {
		p.out.Fidelity, p.out.Environment = report.Fidelity, report.Environment
	}
	p.out.Note(report.Notes...)
	for i := range report.Trials {
		if c := report.Trials[i].Certificate; c != nil && !c.Certified {
			p.uncertified++
		}
	}
	for _, sc := range report.Scenarios {
		if sc.Skipped != "" {
			p.out.Note("Not played: it " + sc.Skipped + ".")
		}
		for _, u := range sc.Unplayed {
			p.out.Note(fmt.Sprintf("Not played: %s: %s.", u.Strategy, u.Why))
		}
	}
}

// conclude notes what the reader must know of all.
func (p *practice) conclude(c *planned) {
	if p.uncertified > 0 {
		p.out.Note(fmt.Sprintf("Of %d trials the capture of %d is not certified.", p.played, p.uncertified))
	}
	busy := 0
	for _, curve := range p.out.Curves {
		for _, at := range curve.Points {
			busy += at.Perturbed
		}
	}
	if busy > 0 {
		p.out.Note(fmt.Sprintf("In %d of %d trials the machine was too busy to play the schedule; they do not count, and up to three of each value were played again.", busy, p.played))
	}
	p.out.Note(p.shortened())
	if apart := p.widest(); apart > c.step {
		p.out.Note(fmt.Sprintf("A dip or a peak narrower than %s, which lie between values played, may have been missed.", c.setting.Text(apart)))
	}
}

// widest is how far neighbours among the values played lie apart at most.
func (p *practice) widest() (apart float64) {
	for _, curve := range p.out.Curves {
		for i := 1; i < len(curve.Points); i++ {
			apart = max(apart, curve.Points[i].Value-curve.Points[i-1].Value)
		}
	}
	return apart
}
