package runner

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"rstorm/results"
)

// about is what a trial's clients that send by themselves are, taken together;
// nil if there are none.
func about(players []*player) *results.Client {
	if len(players) == 0 {
		return nil
	}
	all := players[0].client.About()
	all.Errors = slices.Clone(all.Errors)
	all.Broke = players[0].why(all.Broke)
	for _, p := range players[1:] {
		one := p.client.About()
		all.Startup, all.ClockError = max(all.Startup, one.Startup), max(all.ClockError, one.ClockError)
		if why := p.why(one.Broke); all.Broke == "" && why != "" {
			all.Broke, all.Stderr = why, one.Stderr
		}
		all.Errors = addErrors(all.Errors, one.Errors)
	}
	slices.SortStableFunc(all.Errors, func(a, b results.ErrorText) int { return cmp.Compare(b.Count, a.Count) })
	return &all
}

// why is how the client broke, as it says itself if it does; empty if it did not.
func (p *player) why(told string) string {
	if told == "" && p.broke != nil {
		return p.broke.Error()
	}
	return told
}

// addErrors adds the counts of some to all, by text and outcome.
func addErrors(all, some []results.ErrorText) []results.ErrorText {
	for _, e := range some {
		i := slices.IndexFunc(all, func(o results.ErrorText) bool { return o.Text == e.Text && o.Outcome == e.Outcome })
		if i < 0 {
			all = append(all, e)
		} else {
			all[i].Count += e.Count
		}
	}
	return all
}

// broken says in a line which clients broke, and what is missing; nothing if none
// did and none is.
func broken(players []*player) []string {
	var why []string
	untold := 0
	for _, p := range players {
		for _, r := range p.records {
			if r.Outcome == results.Unreported {
				untold++
			}
		}
		if p.broke != nil {
			line, _, _ := strings.Cut(p.broke.Error(), "\n")
			why = append(why, line)
		}
	}
	switch {
	case len(why) > 1:
		return []string{fmt.Sprintf("%d of %d clients broke, the first: %s; never reported: %s", len(why), len(players), why[0], counted(untold, "command"))}
	case len(why) == 1:
		return []string{fmt.Sprintf("the client broke: %s; never reported: %s", why[0], counted(untold, "command"))}
	case untold > 0:
		return []string{fmt.Sprintf("the client never reported %s", counted(untold, "command"))}
	}
	return nil
}
