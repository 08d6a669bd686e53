package results

import (
	"fmt"
	"slices"
	"strings"
)

// suiteReason says why w is recommended over the suite, and what is to be
// known of the others.
func suiteReason(fields []*field, all []*candidate, missing []kind, w *candidate) string {
	clauses := []string{w.delivered(totals(fields), "whole and everywhere") + nearest(fields, all, w)}
	for _, c := range all {
		if c.broke && !w.broke {
			clauses = append(clauses, c.howBroke(c.label+"'s client", c.label))
		} else if c.harm > w.harm && c.near >= w.near {
			clauses = append(clauses, fmt.Sprintf("%s is in %d of them, but %s", c.label, c.near, c.harms()))
		}
	}
	if lost := hopelessOf(fields); len(lost) > 0 {
		clauses = append(clauses, "no strategy is safe in "+some(lost))
	}
	if len(missing) > 0 {
		clauses = append(clauses, "not judged over the suite: "+elsewhereOnly(fields, missing))
	}
	return strings.Join(clauses, "; ")
}

// nearest counts the scenarios in which w is among the best, beside the others
// that do as little harm.
func nearest(fields []*field, all []*candidate, w *candidate) string {
	played := 0
	for _, f := range fields {
		played += truth(f.winner != nil)
	}
	text := fmt.Sprintf(", among the best within noise in %d of %s", w.near, several(played, "scenario"))
	others := slices.DeleteFunc(slices.Clone(all), func(c *candidate) bool { return c == w || c.harm != w.harm || c.broke && !w.broke })
	slices.SortStableFunc(others, func(a, b *candidate) int { return b.near - a.near })
	var parts []string
	for _, c := range others {
		parts = append(parts, fmt.Sprintf("%s in %d", c.label, c.near))
	}
	if len(parts) > 0 {
		text += " (" + strings.Join(parts, ", ") + ")"
	}
	return text
}

func hopelessOf(fields []*field) []string {
	var names []string
	for _, f := range fields {
		if f.hopeless() {
			names = append(names, quoted(f.scenario))
		}
	}
	return names
}

// elsewhereOnly says of strategies where they were not played.
func elsewhereOnly(fields []*field, missing []kind) string {
	var order, parts []string
	by := map[string][]string{}
	for _, k := range missing {
		where := whereNot(fields, k)
		if by[where] == nil {
			order = append(order, where)
		}
		label := k.label
		if slices.ContainsFunc(kinds(fields), func(o kind) bool { return o != k && o.label == k.label }) {
			label = k.named()
		}
		by[where] = append(by[where], label)
	}
	for _, where := range order {
		parts = append(parts, fmt.Sprintf("%s (%s)", and(by[where]), where))
	}
	return strings.Join(parts, ", ")
}

// whereNot says where a strategy was not played, or where only it was,
// whichever is shorter.
func whereNot(fields []*field, k kind) string {
	var played, not []string
	for _, f := range fields {
		switch {
		case f.of(k) != nil:
			played = append(played, quoted(f.scenario))
		case f.winner != nil:
			not = append(not, quoted(f.scenario))
		}
	}
	switch {
	case len(played) == 0:
		return "sent nothing"
	case len(not) <= len(played):
		return "not played in " + some(not)
	}
	return "only played in " + some(played)
}
