package results

import "time"

// costs compares c with another strategy in the same scenario; nil if one of
// them broke.
func costs(c, than *contender) *Costs {
	if c.broke || than.broke {
		return nil
	}
	out := &Costs{Than: than.label, Commands: c.commands, ThanCommands: than.commands, Connections: c.connections, ThanConnections: than.connections,
		TimeWait: c.timeWait, ThanTimeWait: than.timeWait, Attempts: perCommand(c), ThanAttempts: perCommand(than),
		HiddenResets: c.hidden, ThanHidden: than.hidden}
	if c.timed && than.timed {
		out.Latency = &LatencyCost{c.p50 - than.p50, c.p90 - than.p90, c.p99 - than.p99, than.p50, than.p90, than.p99}
	}
	return out
}

func perCommand(c *contender) Rate { return Rate(float64(c.attempts) / float64(c.commands)) }

// suiteCosts adds up the costs of all scenarios in which neither broke; nil if
// there is none.
func suiteCosts(fields []*field, w *contender) *Costs {
	base := fields[0].simplest
	for _, f := range fields {
		if c := f.of(w.kind); c != nil && costs(c, f.simplest) != nil {
			base = f.simplest
			break
		}
	}
	var mine, than []*Trial
	var latency []*LatencyCost
	for _, f := range fields {
		c, b := f.of(w.kind), f.of(base.kind)
		if c == nil || b == nil {
			continue
		}
		here := costs(c, b)
		if here == nil {
			continue
		}
		mine, than = append(mine, c.trials...), append(than, b.trials...)
		if here.Latency != nil {
			latency = append(latency, here.Latency)
		}
	}
	if len(mine) == 0 {
		return nil
	}
	out := costs(contenderOf(mine), contenderOf(than))
	out.Latency = middleOf(latency)
	return out
}

// middleOf takes the median of each time; nil if there is none.
func middleOf(all []*LatencyCost) *LatencyCost {
	if len(all) == 0 {
		return nil
	}
	of := func(one func(*LatencyCost) time.Duration) time.Duration {
		var times []time.Duration
		for _, l := range all {
			times = append(times, one(l))
		}
		return middle(times)
	}
	return &LatencyCost{
		P50: of(func(l *LatencyCost) time.Duration { return l.P50 }), ThanP50: of(func(l *LatencyCost) time.Duration { return l.ThanP50 }),
		P90: of(func(l *LatencyCost) time.Duration { return l.P90 }), ThanP90: of(func(l *LatencyCost) time.Duration { return l.ThanP90 }),
		P99: of(func(l *LatencyCost) time.Duration { return l.P99 }), ThanP99: of(func(l *LatencyCost) time.Duration { return l.ThanP99 }),
	}
}
