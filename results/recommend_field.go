package results

import (
	"cmp"
	"slices"
)

// A field is all contenders in a scenario, and who won.
type field struct {
	match
	scenario string
	all      []*contender // in the order of the trials
	simplest *contender   // with which costs are compared; nil if no command was sent
	winner   *contender   // nil if no command was sent
	out      map[*contender]string
}

// fieldsOf lists the scenarios that were played.
func fieldsOf(r *Report) []*field {
	var fields []*field
	for _, b := range blocks(r) {
		if len(b.trials) == 0 {
			continue
		}
		f := &field{scenario: b.name}
		for _, t := range b.trials {
			if !slices.ContainsFunc(f.all, func(c *contender) bool { return c.kind == kindOf(t) }) {
				f.all = append(f.all, contenderOf(slices.DeleteFunc(slices.Clone(b.trials), func(o *Trial) bool { return kindOf(o) != kindOf(t) })))
			}
		}
		f.pairs = f.pair(b.whole)
		f.simplest = simplest(f.all)
		f.winner, f.out = f.match.winner(f.all, rules)
		fields = append(fields, f)
	}
	return fields
}

// simplest is naive if it was played, or else the first, of those that did not
// break if there are any.
func simplest(all []*contender) *contender {
	sent := slices.DeleteFunc(slices.Clone(all), func(c *contender) bool { return c.commands == 0 })
	if len(sent) == 0 {
		return nil
	}
	if whole := slices.DeleteFunc(slices.Clone(sent), func(c *contender) bool { return c.broke }); len(whole) > 0 {
		sent = whole
	}
	return sent[max(0, slices.IndexFunc(sent, func(c *contender) bool { return cmp.Or(c.uses, c.label) == "naive" && c.settings == "" }))]
}

// pair adds up the pairings of all repetitions, and leaves out those that were
// not counted in each.
func (f *field) pair(whole []*Scenario) map[[2]string]pairs {
	sums, counted := map[[2]string]pairs{}, map[[2]string]int{}
	for _, s := range whole {
		for _, p := range s.Pairings {
			there, back := [2]string{p.Strategy, p.Than}, [2]string{p.Than, p.Strategy}
			sum := sums[there]
			sum = pairs{sum.both + p.Both, sum.onlyA + p.OnlyStrategy, sum.onlyB + p.OnlyThan, sum.neither + p.Neither}
			sums[there], sums[back] = sum, pairs{sum.both, sum.onlyB, sum.onlyA, sum.neither}
			counted[there]++
			counted[back]++
		}
	}
	for _, a := range f.all {
		for _, b := range f.all {
			if at := [2]string{a.label, b.label}; counted[at] < max(len(a.trials), len(b.trials)) {
				delete(sums, at)
			}
		}
	}
	return sums
}

// of finds a strategy; nil if it was not played here, or sent no command.
func (f *field) of(k kind) *contender {
	i := slices.IndexFunc(f.all, func(c *contender) bool { return c.kind == k && c.commands > 0 })
	if i < 0 {
		return nil
	}
	return f.all[i]
}

// near reports whether c does no more harm than the winner and its success can't
// be told from the best.
func (f *field) near(c *contender) bool {
	switch f.out[c] {
	case clientBroke, cutShort, moreHarm, lessSuccess:
		return false
	}
	return c.commands > 0
}

// undecided lists the strategies that can't be told from the winner but by a few
// commands and by what they cost.
func (f *field) undecided() []*contender {
	return slices.DeleteFunc(slices.Clone(f.all), func(c *contender) bool { return c == f.winner || !f.near(c) })
}

func labels(all []*contender) []string {
	names := make([]string, len(all))
	for i, c := range all {
		names[i] = c.label
	}
	return names
}

// recommend is the scenario's recommendation but for what other scenarios say.
func (f *field) recommend() Recommendation {
	w := f.winner
	if w == nil {
		return Recommendation{Scenario: f.scenario, Reason: "no command was sent: there is nothing to choose by"}
	}
	return Recommendation{Scenario: f.scenario, Strategy: w.label, Uses: w.uses, Settings: w.settings,
		Reason: f.reason(), Caveat: caveat(w), Costs: costs(w, f.simplest), Undecided: labels(f.undecided())}
}
