package results

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// recommendation says below the rows of a scenario which strategy to use. It
// is silent where one strategy alone was played: it says nothing but itself.
func (p *page) recommendation(r *Report, b *block) {
	i := slices.IndexFunc(r.Recommendations, func(c Recommendation) bool { return c.Scenario == b.name && c.Strategy != "" })
	if i < 0 {
		return
	}
	c := &r.Recommendations[i]
	if b.strategies() < 2 && c.Limits == "" {
		return
	}
	p.prose(fmt.Sprintf("recommended: %s, %s", c.named(), c.Reason), "    ", "      ")
	p.prose(sentences(c.Costs.text(), c.Limits, elsewhere(c)), "      ", "      ")
	p.prose(c.Caveat, "      ", "      ")
}

// overall is the same over the suite.
func (p *page) overall(r *Report) {
	i := slices.IndexFunc(r.Recommendations, func(c Recommendation) bool { return c.Scenario == "" })
	if i < 0 {
		return
	}
	c := &r.Recommendations[i]
	if c.Strategy == "" {
		p.prose("no recommendation over the suite: "+c.Reason, "", "  ")
		p.text.WriteByte('\n')
		return
	}
	p.prose(fmt.Sprintf("recommended over the suite: %s, %s", c.named(), c.Reason), "", "  ")
	p.prose(byWhom(c.Beaten), "  ", "    ")
	p.prose(breaksIn(c.Breaks), "  ", "    ")
	p.prose(c.Costs.text(), "  ", "    ")
	p.prose(c.Caveat, "  ", "    ")
	p.text.WriteByte('\n')
}

// strategies counts those that were played.
func (b *block) strategies() int {
	var all []string
	for _, t := range b.trials {
		if !slices.Contains(all, t.Strategy) {
			all = append(all, t.Strategy)
		}
	}
	return len(all)
}

func (c *Recommendation) named() string { return kind{c.Strategy, c.Uses, c.Settings}.named() }

// recommended reports whether t is of the strategy that is recommended for its
// scenario, out of several.
func (r *Report) recommended(t *Trial, b *block) bool {
	return b.strategies() > 1 && slices.ContainsFunc(r.Recommendations, func(c Recommendation) bool {
		return c.Scenario == b.name && c.Strategy == t.Strategy
	})
}

// text says what differs: the p50 wherever that can be measured, for a reader to
// see what it comes to, all else beyond noise, by the measure of the rules. It
// is empty for costs that are not known, or compared with themselves.
func (c *Costs) text() string {
	if c == nil {
		return ""
	}
	var saves string
	var parts []string
	if l := c.Latency; l != nil {
		switch {
		case !measurable(l.P50, l.ThanP50):
		case l.P50 < 0:
			saves = "saves " + shortTime(-l.P50) + " p50"
		default:
			parts = append(parts, "+"+shortTime(l.P50)+" p50")
		}
		// The p99 of some hundred commands is one of the slowest three: the p90 must bear it out.
		if l.P99 > 0 && l.P90 > 0 && differ(l.P99, l.ThanP99) && differ(l.P90, l.ThanP90) {
			parts = append(parts, "+"+shortTime(l.P99)+" p99")
		}
	}
	count := func(n, than Count, what string) {
		if n.Known() && than.Known() && (moreOf(n, c.Commands, than, c.ThanCommands) || moreOf(than, c.ThanCommands, n, c.Commands)) {
			parts = append(parts, fmt.Sprintf("%d %s (%s %d)", n, what, c.Than, than))
		}
	}
	count(c.Connections, c.ThanConnections, fmt.Sprintf("connections for %s", several(c.Commands, "command")))
	count(c.TimeWait, c.ThanTimeWait, "left in TIME_WAIT")
	if c.Attempts > 1.05*c.ThanAttempts {
		parts = append(parts, fmt.Sprintf("%.2f attempts per command (%s %.2f)", c.Attempts, c.Than, c.ThanAttempts))
	}
	count(c.HiddenResets, c.ThanHidden, "resets hidden")
	if len(parts) == 0 {
		return saves
	}
	return sentences(saves, "costs "+strings.Join(parts, ", "))
}

// differ reports whether a difference is more than a tenth of what it is to, and
// 0.1 ms.
func differ(d, than time.Duration) bool { return 10*(d.Abs()-100*time.Microsecond) > than }

// elsewhere says where the strategy breaks beside its own scenario, in short: what
// is said of the suite has the whole.
func elsewhere(c *Recommendation) string {
	others := slices.DeleteFunc(slices.Clone(c.Breaks), func(b Break) bool { return b.Scenario == c.Scenario })
	if len(others) > 1 {
		return "breaks in " + several(len(others), "other scenario")
	}
	return breaksIn(others)
}

// breaksIn names the scenarios, the worst first.
func breaksIn(all []Break) string {
	if len(all) == 0 {
		return ""
	}
	var parts []string
	for _, b := range all[:min(enough, len(all))] {
		how := []string{fmt.Sprintf("%.1f %%", 100*float64(b.Success))}
		if b.Harm > 0 {
			how = append(how, fmt.Sprintf("%d lost or executed twice", b.Harm))
		}
		parts = append(parts, fmt.Sprintf("%s (%s)", quoted(b.Scenario), strings.Join(how, ", ")))
	}
	text := "breaks in " + strings.Join(parts, ", ")
	if more := len(all) - enough; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// byWhom groups beatings by who does better.
func byWhom(all []Beating) string {
	var order []string
	in := map[string][]string{}
	for _, b := range all {
		if in[b.By] == nil {
			order = append(order, b.By)
		}
		in[b.By] = append(in[b.By], quoted(b.Scenario))
	}
	var parts []string
	for _, by := range order {
		parts = append(parts, fmt.Sprintf("by %s in %s", by, some(in[by])))
	}
	if len(parts) == 0 {
		return ""
	}
	return "beaten " + strings.Join(parts, ", ")
}

// sentences joins those that are not empty.
func sentences(all ...string) string {
	return strings.Join(slices.DeleteFunc(all, func(s string) bool { return s == "" }), "; ")
}
