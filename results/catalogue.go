package results

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// WriteCatalogue writes a Markdown table with a row for each row of [Causes]
// and scenario that shows it, and one of the scenarios that show a cure: what
// goes wrong, what that looks like on the wire, and what each strategy got.
func WriteCatalogue(w io.Writer, r *Report) error {
	c := catalogue{blocks: blocks(r), strategies: frequent(r)}
	slices.SortStableFunc(c.blocks, func(a, b block) int { return cmp.Compare(place(r, a.name), place(r, b.name)) })
	c.line("# The reset catalogue")
	c.line("")
	c.line("Written by `make causes`; a test plays the catalogue again and compares. Each cell is the share of commands whose caller got")
	c.line("the expected answer / commands executed twice / connections reset, of one run with seed %d. Named are the causes that the run", r.Seed)
	c.line("itself found by packets and logs: those of one in ten and of three at least, the most frequent first.")
	c.line("")
	c.table("| cause | scenario | produced by | on the wire | named |", c.shown())
	c.line("")
	c.line("## Beside them: what cures, and what else goes wrong")
	c.line("")
	c.table("| | scenario | produced by | what it teaches | named |", c.others())
	if _, err := io.WriteString(w, c.text.String()); err != nil {
		return fmt.Errorf("write report as a catalogue: %w", err)
	}
	return nil
}

// place is where a scenario stands in the suite, played or not.
func place(r *Report, scenario string) int {
	return slices.IndexFunc(r.Scenarios, func(s Scenario) bool { return s.Scenario == scenario })
}

// A catalogue is such a text under way.
type catalogue struct {
	text       strings.Builder
	blocks     []block
	strategies []string
}

func (c *catalogue) line(format string, args ...any) { fmt.Fprintf(&c.text, format+"\n", args...) }

// frequent lists the strategies that more than one scenario was played with.
func frequent(r *Report) []string {
	var all []string
	in := map[string][]string{}
	for _, t := range r.Trials {
		if !slices.Contains(all, t.Strategy) {
			all = append(all, t.Strategy)
		}
		if !slices.Contains(in[t.Strategy], t.Scenario) {
			in[t.Strategy] = append(in[t.Strategy], t.Scenario)
		}
	}
	return slices.DeleteFunc(all, func(s string) bool { return len(in[s]) < 2 })
}

func (c *catalogue) table(head string, rows []string) {
	c.line("%s %s |", head, strings.Join(c.strategies, " | "))
	c.line("|%s", strings.Repeat("---|", strings.Count(head, "|")-1+len(c.strategies)))
	for _, row := range rows {
		c.line("%s", row)
	}
}

// shown are the rows of the causes.
func (c *catalogue) shown() []string {
	var rows []string
	for _, cause := range Causes {
		found := false
		for i := range c.blocks {
			if b := &c.blocks[i]; slices.Contains(b.shows(), cause.ID) {
				found = true
				rows = append(rows, c.row("`"+cause.ID+"`", b, cause.Wire))
			}
		}
		if !found {
			rows = append(rows, fmt.Sprintf("| `%s` | no scenario of this run | | %s | |%s", cause.ID, cell(cause.Wire), strings.Repeat(" |", len(c.strategies))))
		}
	}
	return rows
}

// others are the rows of the scenarios that show no cause.
func (c *catalogue) others() []string {
	var rows []string
	for i := range c.blocks {
		if b := &c.blocks[i]; len(b.shows()) == 0 {
			rows = append(rows, c.row("", b, b.about))
		}
	}
	return rows
}

func (c *catalogue) row(first string, b *block, last string) string {
	produced := ""
	if len(b.whole) > 0 {
		s := b.whole[0]
		if produced = s.Produced; s.Protocol != "" && s.Protocol != HTTP {
			produced = "over " + string(s.Protocol) + ". " + produced
		}
	}
	row := fmt.Sprintf("| %s | %s | %s | %s | %s |", first, cell(b.name), cell(produced), cell(last), cell(b.named()))
	for _, strategy := range c.strategies {
		row += " " + b.outcome(strategy) + " |"
	}
	return row
}

// named lists the causes that the run found in a scenario, over its strategies:
// those of a tenth of all and of three at least, the most frequent first.
func (b *block) named() string {
	total, sum := map[string]int{}, 0
	for _, t := range b.trials {
		found := maps.Clone(t.Summary.Resets.ByCause)
		if found == nil {
			found = map[string]int{}
		}
		maps.Copy(found, beyond(t))
		for cause, n := range found {
			total[cause] += n
			sum += n
		}
	}
	maps.DeleteFunc(total, func(_ string, n int) bool { return n < 3 || 10*n < sum })
	return strings.Join(frequentFirst(total), ", ")
}

// outcome is what a strategy got in the scenario's first repetition.
func (b *block) outcome(strategy string) string {
	i := slices.IndexFunc(b.trials, func(t *Trial) bool { return t.Strategy == strategy })
	switch {
	case b.skipped != "":
		return "skipped"
	case i < 0:
		return "-"
	}
	s := &b.trials[i].Summary
	var p page // for the way it writes counts; its legend is not needed here
	return fmt.Sprintf("%.0f %% / %s / %s", 100*float64(s.Success), p.count(s.Duplicates), p.count(s.Resets.Connections))
}

// shows lists the causes that b's scenario shows.
func (b *block) shows() []string {
	if len(b.whole) == 0 {
		return nil
	}
	return b.whole[0].Shows
}

// cell escapes what would end a cell.
func cell(s string) string { return strings.ReplaceAll(printable(s), "|", `\|`) }
