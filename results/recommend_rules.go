package results

import (
	"cmp"
	"slices"
)

// A rule puts contenders out. They are compared with the best of those left,
// so that a chain of small differences never adds up to a large one.
type rule struct {
	name  string // what is wrong with those put out
	order func(m *match, a, b *contender) int
	worse func(m *match, c, best *contender) bool // beyond noise
}

// The names of rules that others refer to. The earlier rules are about what a
// strategy does to its caller, those from slower on about what it costs.
const (
	clientBroke     = "its client broke"
	cutShort        = "cut short"
	moreHarm        = "more harm"
	lessSuccess     = "less success"
	unsound         = "success below 99 %"
	slower          = "slower"
	moreResets      = "more resets"
	moreConnections = "more connections"
	higherMedian    = "a higher p50"
)

// rules are those of a scenario, in the order in which they apply: see
// [Recommendation].
var rules = []rule{
	brokeRule, cutRule,
	{moreHarm, byHarm, func(_ *match, c, best *contender) bool { return compareCounts(c.harm, best.harm) > 0 }},
	{lessSuccess, func(_ *match, a, b *contender) int { return cmp.Compare(b.success(), a.success()) },
		func(m *match, c, best *contender) bool { _, low, _ := m.difference(best, c); return low > 0 }},
	{unsound, func(_ *match, a, b *contender) int {
		return cmp.Compare(truth(a.success() < sound), truth(b.success() < sound))
	}, func(_ *match, c, best *contender) bool { return c.success() < sound && best.success() >= sound }},
	tailRule, resetsRule, connectionsRule, medianRule,
}

// brokeRule comes first: what a client that broke left out is in no count.
var brokeRule = rule{clientBroke,
	func(_ *match, a, b *contender) int { return cmp.Compare(truth(a.broke), truth(b.broke)) },
	func(_ *match, c, best *contender) bool { return c.broke && !best.broke }}

var cutRule = rule{cutShort,
	func(_ *match, a, b *contender) int { return cmp.Compare(truth(a.partial), truth(b.partial)) },
	func(_ *match, c, best *contender) bool { return c.partial && !best.partial }}

var resetsRule = rule{moreResets,
	func(_ *match, a, b *contender) int { return perEach(a.resets, a.commands, b.resets, b.commands) },
	func(_ *match, c, best *contender) bool {
		if !c.resets.Known() || !best.resets.Known() {
			return best.resets.Known()
		}
		// As a share of the commands: a command can meet several, and more than all is all.
		_, low, _ := unpaired(min(int(c.resets), c.commands), c.commands, min(int(best.resets), best.commands), best.commands)
		return low > 0
	}}

var connectionsRule = rule{moreConnections,
	func(_ *match, a, b *contender) int {
		return perEach(a.connections, a.commands, b.connections, b.commands)
	},
	func(_ *match, c, best *contender) bool {
		if !c.connections.Known() || !best.connections.Known() {
			return best.connections.Known()
		}
		return moreOf(c.connections, c.commands, best.connections, best.commands)
	}}

func byHarm(_ *match, a, b *contender) int { return compareCounts(a.harm, b.harm) }

// perEach compares a for each of m commands with b for each of n; what is unknown
// comes behind.
func perEach(a Count, m int, b Count, n int) int {
	return cmp.Or(cmp.Compare(truth(!a.Known()), truth(!b.Known())), cmp.Compare(int(a)*n, int(b)*m))
}

// moreOf reports whether a for m commands is more than b for n, by more than a
// tenth and one: two runs of some hundred commands differ by less.
func moreOf(a Count, m int, b Count, n int) bool { return 10*(int(a)-1)*n > 11*int(b)*m }

// A match is what is known of pairs of contenders.
type match struct{ pairs map[[2]string]pairs }

// difference is the success of a less that of b with its 95 % interval: over
// the commands that both carried where that was counted in every repetition.
func (m *match) difference(a, b *contender) (diff, low, high float64) {
	if p, ok := m.pairs[[2]string{a.label, b.label}]; ok {
		return p.difference()
	}
	return unpaired(a.ok, a.commands, b.ok, b.commands)
}

// winner applies rules, and says which one put the others out; those that none
// did have an empty name.
func (m *match) winner(all []*contender, rules []rule) (*contender, map[*contender]string) {
	left, out := slices.Clone(all), map[*contender]string{}
	left = slices.DeleteFunc(left, func(c *contender) bool { return c.commands == 0 })
	if len(left) == 0 {
		return nil, out
	}
	for _, r := range rules {
		best := slices.MinFunc(left, func(a, b *contender) int { return r.order(m, a, b) })
		left = slices.DeleteFunc(left, func(c *contender) bool {
			worse := r.worse(m, c, best)
			if worse {
				out[c] = r.name
			}
			return worse
		})
	}
	return left[0], out
}
