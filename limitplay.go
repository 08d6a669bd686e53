package main

import (
	"context"
	"fmt"
	"math"
	"slices"

	"rstorm/faults"
	"rstorm/results"
	"rstorm/scenarios"
	"rstorm/sweep"
)

// play plays a trial for each rate, given by its logarithm. As many overlap as
// the machine bears: rates that it can't send would be taken for limits, or for
// rates that do not break.
func (l *limit) play(ctx context.Context, values []float64) ([]sweep.Sample, error) {
	var all []sweep.Sample
	for len(values) > 0 {
		n, sum := 1, math.Exp(values[0])
		for n < len(values) && sum+math.Exp(values[n]) <= limitTogether {
			sum += math.Exp(values[n])
			n++
		}
		samples, err := l.together(ctx, values[:n])
		if all = append(all, samples...); err != nil {
			return all, err
		}
		values = values[n:]
	}
	return all, nil
}

// together plays trials that may overlap.
func (l *limit) together(ctx context.Context, values []float64) ([]sweep.Sample, error) {
	suite := new(scenarios.Suite)
	for _, v := range values {
		l.played++
		suite.Scenarios = append(suite.Scenarios, l.at(math.Exp(v)))
	}
	report, err := l.runner.Run(ctx, suite)
	samples := make([]sweep.Sample, len(values))
	for i := range report.Trials {
		t := &report.Trials[i]
		at := slices.IndexFunc(suite.Scenarios, func(sc scenarios.Scenario) bool { return sc.Name == t.Scenario })
		samples[at] = sweep.Sample{Commands: t.Summary.Commands, OK: t.Summary.OK, Perturbed: t.Perturbed,
			Unsent: l.pace.unsent(&suite.Scenarios[at].Load, &t.Summary)}
	}
	return samples, err
}

// at is the scenario at a rate. A load bounded by time stays so: its faults may
// come at a time.
func (l *limit) at(rate float64) scenarios.Scenario {
	sc := l.scenario
	sc.Name = fmt.Sprintf("%s at %.0f/s, trial %d", sc.Name, rate, l.played)
	sc.Load.Gap, sc.Load.Rate = faults.Delay{}, rate
	if sc.Load.Duration == 0 {
		commands := min(limitCommands, rate*l.span.Seconds())
		sc.Load.Commands = int(math.Ceil(commands / float64(sc.Load.Clients)))
	}
	return sc
}

// conclude says what the search came to.
func (l *limit) conclude(curve *results.Curve) (found *results.Limit, text string) {
	below, unsent, perturbed := false, false, 0
	last := -1 // the highest rate that was sent
	for i, p := range curve.Points {
		perturbed += p.Perturbed
		below = below || p.Side == results.Below
		if p.Side == results.Unsent {
			unsent = true
		} else {
			last = i
		}
	}
	falls := slices.IndexFunc(curve.Crossings, func(x results.Crossing) bool { return x.Falls })
	switch {
	case falls >= 0:
		x := curve.Crossings[falls]
		found = &results.Limit{Rate: twoDigits(math.Exp(x.Value)), Low: math.Round(math.Exp(x.Low)), High: math.Round(math.Exp(x.High)), Unit: "commands/s"}
		found.Rate = min(max(found.Rate, found.Low), found.High)
		text = fmt.Sprintf("breaks above %.0f [%.0f..%.0f] commands/s", found.Rate, found.Low, found.High)
	case !below && (last >= 0 && curve.Points[last].Side == results.Above || last < 0 && unsent):
		// What lies open below the highest rate had too few commands to tell.
		switch {
		case unsent:
			text = fmt.Sprintf("does not break up to %.0f commands/s, all that could be sent", twoDigits(l.pace.sent))
		case l.own:
			text = fmt.Sprintf("does not break up to %.0f commands/s, all that its clients can send", l.most)
		default:
			text = fmt.Sprintf("does not break up to %.0f commands/s", l.most)
		}
	case len(curve.Points) > 0 && curve.Points[0].Side == results.Below:
		text = fmt.Sprintf("breaks at %.0f commands/s already", math.Exp(curve.Points[0].Value))
	default:
		text = fmt.Sprintf("whether it breaks at rates up to %.0f commands/s could not be told", l.most)
	}
	if perturbed > 0 {
		text += fmt.Sprintf(" (in %d of %d trials the schedule was not kept)", perturbed, l.played)
	}
	return found, text
}

// twoDigits rounds to what is worth telling apart.
func twoDigits(v float64) float64 {
	place := math.Pow(10, math.Floor(math.Log10(v))-1)
	return math.Round(v/place) * place
}
