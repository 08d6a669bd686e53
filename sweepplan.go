package main

import (
	"errors"
	"fmt"
	"slices"

	"rstorm/scenarios"
)

// A planned curve is a scenario with one strategy, and the setting to change in
// it.
type planned struct {
	scenario *scenarios.Scenario
	label    string
	setting  *scenarios.Setting
	from, to float64
	step     float64
	round    func(float64) float64
}

// usualCommands is how many commands a trial of a sweep has at most if nobody
// says otherwise: many short trials tell more of a curve than a few long ones.
const usualCommands = 100

// plan readies every curve, and refuses what can't be played before anything is.
func (o *sweepOptions) plan(suite *scenarios.Suite, labels []string) ([]planned, error) {
	var all []planned
	var errs []error
	for i := range suite.Scenarios {
		sc := &suite.Scenarios[i]
		for _, label := range o.labels(sc, labels) {
			p, err := o.curve(sc, label)
			if err != nil && (len(errs) == 0 || errs[len(errs)-1].Error() != err.Error()) {
				errs = append(errs, err)
			}
			all = append(all, p)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, usage(err, "rstorm list load device faults toxics strategies explains the settings", "nothing was sent")
	}
	return all, nil
}

// labels are the strategies asked for, or those of the scenario. The user's own
// client is played beside others that are named, unless it is named itself.
func (o *sweepOptions) labels(sc *scenarios.Scenario, asked []string) []string {
	named := slices.ContainsFunc(asked, func(label string) bool { return slices.Contains(o.wanted, label) })
	switch {
	case named:
		return asked
	case len(asked) > 0:
		return slices.Concat(asked, o.wanted)
	}
	var all []string
	for _, st := range sc.Strategies {
		all = append(all, st.Label)
	}
	return all
}

// curve readies one.
func (o *sweepOptions) curve(sc *scenarios.Scenario, label string) (p planned, err error) {
	st, err := sc.Strategy(label)
	if err != nil {
		return p, err
	}
	own := *sc
	own.Strategies, own.Skipped, own.Assert = []scenarios.Strategy{st}, nil, nil // a threshold was meant for the settings as they were
	if err := o.shorten(&own); err != nil {
		return p, err
	}
	p = planned{scenario: &own, label: label}
	if p.setting, err = own.Setting(o.param); err != nil {
		return p, fmt.Errorf("--param: %w", err)
	}
	if p.from, err = p.setting.Parse(o.from); err != nil {
		return p, fmt.Errorf("--from: %w", err)
	}
	if p.to, err = p.setting.Parse(o.to); err != nil {
		return p, fmt.Errorf("--to: %w", err)
	}
	if p.from == 0 && p.setting.Zero != "" {
		return p, fmt.Errorf("--from %s: %s 0 %s: that is not the least of its values; begin above it, as in --from %s",
			o.from, o.param, p.setting.Zero, p.setting.Text(p.setting.Step(0, p.to)))
	}
	if p.from >= p.to {
		return p, fmt.Errorf("the range is empty: --from %s is not below --to %s", o.from, o.to)
	}
	p.step, p.round, err = p.setting.Values(p.from, p.to)
	return p, err
}

// shorten sets the number of commands, unless it is what is swept.
func (o *sweepOptions) shorten(sc *scenarios.Scenario) error {
	switch l := &sc.Load; {
	case o.counted() && o.commands > 0:
		return fmt.Errorf("--commands contradicts --param %s", o.param)
	case o.counted():
	case o.commands > 0:
		l.Commands, l.Duration = o.commands, 0
	case l.Duration == 0:
		l.Commands = min(l.Commands, usualCommands)
	}
	return nil
}
