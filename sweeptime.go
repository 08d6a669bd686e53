package main

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"time"

	"rstorm/clients"
	"rstorm/scenarios"
	"rstorm/sweep"
)

// partly is how many trials are begun at most, one after the other, before the
// time is looked at.
const partly = 4

// trialTime is about how long the load of a trial of a sweep takes at most, and
// fewestCommands how many commands of each client it has all the same.
const (
	trialTime      = 3 * time.Second
	fewestCommands = 10
)

// cadence is about how long a client takes from one command to the next where
// nothing fails.
func cadence(sc *scenarios.Scenario) time.Duration {
	if l := &sc.Load; l.Rate > 0 {
		return time.Duration(float64(l.Clients) / l.Rate * float64(time.Second))
	}
	took := sc.Device.ServiceTime.Median()
	for _, f := range sc.Link {
		if f.Toxic != nil && f.Toxic.Type == "latency" {
			took += time.Duration(f.Toxic.Attributes["latency"]) * time.Millisecond
		}
	}
	return (sc.Load.Gap.Median() + took) / time.Duration(max(1, sc.Load.Concurrency))
}

// fit takes commands out of a trial that would take too long, unless somebody
// said how many there are to be: a rate of one command a second would take
// minutes.
func (p *practice) fit(sc *scenarios.Scenario) {
	l := &sc.Load
	if p.options.commands > 0 || p.options.counted() || l.Duration > 0 {
		return
	}
	most := max(fewestCommands, int(math.Ceil(float64(trialTime)/float64(max(1, cadence(sc))))))
	if l.Commands > most {
		l.Commands = most
		p.shortest = min(most, cmp.Or(p.shortest, most))
	}
}

// counted reports whether the amount of load is what is swept.
func (o *sweepOptions) counted() bool {
	return o.param == "load.commands" || o.param == "load.duration"
}

// few plays a round, in parts: as many trials at a time as the time that is left
// has room for, by what trials took so far, and few of those that nothing
// overlaps. It ends when there is enough, but for the values that come first.
func (p *practice) few(ctx context.Context, c *planned, values []float64) ([]sweep.Sample, error) {
	_, alone := c.scenario.Strategies[0].Strategy.(clients.Conditional)
	alone = alone || p.runner.Parallel == 1
	var all []sweep.Sample
	for len(all) < len(values) {
		n := p.room(len(values) - len(all))
		if alone {
			n = min(n, partly)
		}
		samples, err := p.play(ctx, c, values[len(all):len(all)+n])
		p.samples += len(samples)
		if all = append(all, samples...); err != nil || p.samples >= sweep.First && p.enough() {
			return all, err
		}
	}
	return all, nil
}

// room is how many of n trials are likely to end in time, at least one.
func (p *practice) room(n int) int {
	took := time.Since(p.began)
	if p.samples < sweep.First || took <= 0 {
		return n
	}
	left := p.options.atMost - took
	return max(1, min(n, int(float64(left)/float64(took)*float64(p.samples))))
}

// enough reports whether the curve under way has taken as long as it may.
func (p *practice) enough() bool { return time.Since(p.began) >= p.options.atMost }

// shortened says what fit did.
func (p *practice) shortened() string {
	if p.shortest == 0 {
		return ""
	}
	return fmt.Sprintf("Trials were kept to about %v, with %d commands of each client at the least; --commands N plays N.", trialTime, p.shortest)
}
