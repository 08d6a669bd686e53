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
	switch n := p.untold(); {
	case told == "" && p.broke != nil:
		return p.broke.Error()
	case told == "" && n > 0:
		return "it never reported " + counted(n, "command")
	}
	return told
}

// untold counts the commands that were due and never reported.
func (p *player) untold() (n int) {
	for _, r := range p.records {
		if r.Outcome == results.Unreported {
			n++
		}
	}
	return n
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
		untold += p.untold()
		if p.broke != nil {
			line, _, _ := strings.Cut(p.broke.Error(), "\n")
			why = append(why, line)
		}
	}
	missing := ""
	if untold > 0 {
		missing = "; never reported: " + counted(untold, "command")
	}
	switch {
	case len(why) > 1:
		return []string{fmt.Sprintf("%d of %d clients broke, the first: %s%s", len(why), len(players), why[0], missing)}
	case len(why) == 1:
		return []string{fmt.Sprintf("the client broke: %s%s", why[0], missing)}
	case untold > 0:
		return []string{fmt.Sprintf("the client never reported %s", counted(untold, "command"))}
	}
	return nil
}
