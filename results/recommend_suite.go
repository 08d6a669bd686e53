package results

import (
	"cmp"
	"slices"
)

// A candidate is a strategy that may be recommended for all scenarios.
type candidate struct {
	*contender
	near  int        // scenarios in which it is near the best
	slow  int        // scenarios in which it is as good as the best, but slower
	worst *contender // in the scenario in which it had the least success
}

// candidates are the strategies that were played wherever any was; missing are
// the others.
func candidates(fields []*field) (all []*candidate, missing []kind) {
	for _, k := range kinds(fields) {
		c := candidate{}
		var trials []*Trial
		everywhere := true
		for _, f := range fields {
			here := f.of(k)
			if here == nil {
				everywhere = everywhere && f.winner == nil // nobody was played here
				continue
			}
			trials = append(trials, here.trials...)
			if f.near(here) {
				c.near++
			}
			if f.out[here] == slower {
				c.slow++
			}
			if c.worst == nil || here.success() < c.worst.success() {
				c.worst = here
			}
		}
		if !everywhere || c.worst == nil {
			missing = append(missing, k)
			continue
		}
		c.contender = contenderOf(trials)
		all = append(all, &c)
	}
	return all, missing
}

// kinds lists the strategies of all scenarios, in the order in which they come.
func kinds(fields []*field) []kind {
	var all []kind
	for _, f := range fields {
		for _, c := range f.all {
			if !slices.Contains(all, c.kind) {
				all = append(all, c.kind)
			}
		}
	}
	return all
}

// totals adds up what each strategy did, wherever it was played.
func totals(fields []*field) []*contender {
	var all []*contender
	for _, k := range kinds(fields) {
		var trials []*Trial
		for _, f := range fields {
			if here := f.of(k); here != nil {
				trials = append(trials, here.trials...)
			}
		}
		if len(trials) > 0 {
			all = append(all, contenderOf(trials))
		}
	}
	return all
}

// choose applies the rules of the suite: see [Recommendation]. Undecided are those
// that only costs put out.
func choose(all []*candidate) (w *candidate, undecided []string) {
	if len(all) == 0 {
		return nil, nil
	}
	of := map[*contender]*candidate{}
	var contenders []*contender
	for _, c := range all {
		of[c.contender] = c
		contenders = append(contenders, c.contender)
	}
	suite := []rule{
		brokeRule, cutRule,
		{moreHarm, byHarm, func(_ *match, c, best *contender) bool { return compareCounts(c.harm, best.harm) > 0 }},
		{"good in fewer scenarios", func(_ *match, a, b *contender) int { return cmp.Compare(of[b].near, of[a].near) },
			func(_ *match, c, best *contender) bool { return of[c].near < of[best].near }},
		{"a worse worst scenario", func(_ *match, a, b *contender) int { return cmp.Compare(of[b].worst.success(), of[a].worst.success()) },
			func(_ *match, c, best *contender) bool {
				x, y := of[best].worst, of[c].worst
				_, low, _ := unpaired(x.ok, x.commands, y.ok, y.commands)
				return low > 0
			}},
		{slower, func(_ *match, a, b *contender) int { return cmp.Compare(of[a].slow, of[b].slow) },
			func(_ *match, c, best *contender) bool { return of[c].slow > of[best].slow }},
		resetsRule, connectionsRule,
	}
	best, out := new(match).winner(contenders, suite)
	for _, c := range contenders {
		if c != best && slices.Contains([]string{"", slower, moreResets, moreConnections}, out[c]) {
			undecided = append(undecided, c.label)
		}
	}
	return of[best], undecided
}

// overall is the recommendation for the suite.
func overall(fields []*field) Recommendation {
	all, missing := candidates(fields)
	w, undecided := choose(all)
	if w == nil {
		return Recommendation{Reason: "no strategy was played in every scenario: select fewer scenarios, or the same strategies in each"}
	}
	return Recommendation{Strategy: w.label, Uses: w.uses, Settings: w.settings, Reason: suiteReason(fields, all, missing, w),
		Caveat: caveat(w.contender), Costs: suiteCosts(fields, w.contender), Beaten: beaten(fields, w.kind), Breaks: breaks(fields, w.kind), Undecided: undecided}
}

// beaten lists the scenarios in which another strategy is recommended that is
// better, not only cheaper.
func beaten(fields []*field, k kind) []Beating {
	all := []Beating{}
	for _, f := range fields {
		if here := f.of(k); here != nil && !f.near(here) {
			all = append(all, Beating{f.scenario, f.winner.label})
		}
	}
	return all
}

// breaks lists the scenarios in which nobody should rely on the strategy, the
// worst first.
func breaks(fields []*field, k kind) []Break {
	all := []Break{}
	for _, f := range fields {
		if here := f.of(k); here != nil && here.breaks() {
			all = append(all, Break{f.scenario, here.success(), here.harm})
		}
	}
	slices.SortStableFunc(all, func(a, b Break) int { return cmp.Or(cmp.Compare(b.Harm, a.Harm), cmp.Compare(a.Success, b.Success)) })
	return all
}
