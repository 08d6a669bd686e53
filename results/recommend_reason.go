package results

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// reason says why the winner won, from the numbers of the scenario.
func (f *field) reason() string {
	w := f.winner
	clauses := []string{f.versus() + ", " + w.delivered(f.all, "whole")}
	for _, c := range f.all {
		switch _, low, _ := f.difference(c, w); {
		case f.out[c] == clientBroke:
			clauses = append(clauses, c.howBroke(c.label+"'s client", c.label))
		case f.out[c] == cutShort:
			clauses = append(clauses, c.label+"'s trial was cut short")
		case f.out[c] == moreHarm && !c.harm.Known():
			clauses = append(clauses, "what became of "+c.label+"'s commands is unknown")
		case f.out[c] == moreHarm && low > 0:
			clauses = append(clauses, fmt.Sprintf("%s has %.1f %%, but %s", c.label, percentOf(c.ok, c.commands), c.harms()))
		}
	}
	if ties := f.ties(); ties != "" {
		clauses = append(clauses, "as successful within noise: "+ties)
	}
	if f.hopeless() {
		clauses = append(clauses, f.mend())
	}
	return strings.Join(clauses, "; ")
}

// versus compares the winner with the simplest strategy.
func (f *field) versus() string {
	w, s := f.winner, f.simplest
	text := fmt.Sprintf("%.1f %%", percentOf(w.ok, w.commands))
	if w == s || w.broke || s.broke {
		return text
	}
	than := fmt.Sprintf("%s's %.1f %%", s.label, percentOf(s.ok, s.commands))
	switch _, low, high := f.difference(w, s); {
	case low > 0:
		return fmt.Sprintf("%s against %s (%.0f to %.0f points more)", text, than, math.Floor(100*low), math.Ceil(100*high))
	case high < 0:
		return fmt.Sprintf("%s against %s (%.0f to %.0f points less)", text, than, math.Floor(-100*high), math.Ceil(-100*low))
	}
	return text
}

// delivered says what became of c's control commands, compared with all; how
// says what those were that c was chosen from.
func (c *contender) delivered(all []*contender, how string) string {
	text := ""
	switch {
	case !c.harm.Known():
		return "what the device executed is unknown"
	case c.harm > 0:
		fewer := "by no strategy fewer"
		if slices.ContainsFunc(all, func(o *contender) bool { return o.commands > 0 && o.harm.Known() && o.harm < c.harm }) {
			fewer = "by none played " + how + " fewer"
		}
		text = fmt.Sprintf("%s lost or executed twice, %s", several(int(c.harm), "control command"), fewer)
	case c.harmless():
		text = "nothing lost or executed twice"
	default:
		text = "no control command lost or executed twice"
	}
	if c.ghosts > 0 {
		text += fmt.Sprintf(", but %s reported failed and executed", several(int(c.ghosts), "control command"))
	}
	return text
}

// harmless reports whether not even a reading command was lost or executed twice.
func (c *contender) harmless() bool {
	return !slices.ContainsFunc(c.trials, func(t *Trial) bool { return t.Summary.Lost.Plus(t.Summary.Duplicates) != 0 })
}

// harms says what a harmful strategy does.
func (c *contender) harms() string {
	var parts []string
	if c.lost > 0 {
		parts = append(parts, fmt.Sprintf("loses %s it reports ok", several(int(c.lost), "control command")))
	}
	if twice := c.harm - max(0, c.lost); twice > 0 {
		parts = append(parts, fmt.Sprintf("executes %s twice", several(int(twice), "control command")))
	}
	return strings.Join(parts, " and ")
}

// ties names the strategies that are as good as the winner, by what they cost:
// those that cost the same first, and without a word.
func (f *field) ties() string {
	var order []string
	by := map[string][]string{}
	for _, c := range f.undecided() {
		why := f.out[c]
		if by[why] == nil {
			order = append(order, why)
		}
		by[why] = append(by[why], c.label)
	}
	slices.SortStableFunc(order, func(a, b string) int { return truth(a != "") - truth(b != "") })
	var parts []string
	left, total := enough, len(f.undecided())
	for _, why := range order {
		names := by[why][:min(left, len(by[why]))]
		if left -= len(names); len(names) == 0 {
			break
		}
		part := and(names)
		if why != "" {
			part += " (" + why + ")"
		}
		parts = append(parts, part)
	}
	if total > enough {
		parts = append(parts, fmt.Sprintf("%d more", total-enough))
	}
	return strings.Join(parts, ", ")
}

// hopeless reports whether every strategy breaks; of one whose client broke
// nobody knows.
func (f *field) hopeless() bool {
	return f.winner != nil && !f.winner.broke && !slices.ContainsFunc(f.all, func(c *contender) bool { return c.commands > 0 && !c.broke && !c.breaks() })
}

// mend says what must change where no strategy helps.
func (f *field) mend() string {
	text := "no strategy is safe here: mend the device or the way to it"
	if most := f.mostFrequent(); most != "" {
		text += fmt.Sprintf(" (mostly %s: %s)", most, whatIs(most))
	}
	if i := slices.IndexFunc(f.all, func(c *contender) bool { return c.commands > 0 && !c.broke && !c.broken() && c.lost == 0 }); i >= 0 {
		text += fmt.Sprintf("; a device that executes a repeated id once would make %s safe", f.all[i].label)
	}
	return text
}

// mostFrequent is the cause of most resets and failed attempts; empty if none
// is known.
func (f *field) mostFrequent() string {
	total := map[string]int{}
	for _, c := range f.all {
		for _, t := range c.trials {
			for _, found := range []map[string]int{t.Summary.Resets.ByCause, beyond(t)} {
				for cause, n := range found {
					total[cause] += n
				}
			}
		}
	}
	maps.DeleteFunc(total, func(cause string, n int) bool { return n == 0 || !IsCause(cause) })
	if len(total) == 0 {
		return ""
	}
	return frequentFirst(total)[0]
}

// whatIs is what happens in a cause, in short.
func whatIs(id string) string {
	what, _, _ := strings.Cut(Causes[slices.IndexFunc(Causes, func(c Cause) bool { return c.ID == id })].What, ";")
	return what
}
