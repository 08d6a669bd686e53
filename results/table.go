package results

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// width is how many columns of a terminal the prose of a table fills.
const width = 108

// WriteTable writes a table per scenario for people to read, in the report's
// order, and what it came to in the end. It is plain text without colour;
// control characters in names are written as escapes.
func WriteTable(w io.Writer, r *Report) error {
	var p page
	for _, b := range blocks(r) {
		p.block(r, &b)
	}
	p.conclude(r)
	if _, err := io.WriteString(w, p.text.String()); err != nil {
		return fmt.Errorf("write report as a table: %w", err)
	}
	return nil
}

// A page is a table under way. It notes which symbols need a legend.
type page struct {
	text                strings.Builder
	best, unknown, none bool
}

// A block is all about one scenario.
type block struct {
	name, about string
	skipped     string // why it was not played
	repeated    bool
	trials      []*Trial
	whole       []*Scenario
}

// blocks groups the report by scenario, in the order of the trials; a scenario
// without a trial comes last.
func blocks(r *Report) []block {
	var all []block
	at := func(name string) *block {
		i := slices.IndexFunc(all, func(b block) bool { return b.name == name })
		if i < 0 {
			i = len(all)
			all = append(all, block{name: name})
		}
		return &all[i]
	}
	for i := range r.Trials {
		t := &r.Trials[i]
		b := at(t.Scenario)
		b.trials = append(b.trials, t)
		b.repeated = b.repeated || t.Repetition > 1
	}
	for i := range r.Scenarios {
		s := &r.Scenarios[i]
		b := at(s.Scenario)
		b.whole = append(b.whole, s)
		b.about, b.skipped = s.About, s.Skipped
		b.repeated = b.repeated || s.Repetition > 1
	}
	return all
}

// columns are those of the grid; their least widths keep one below the other
// from scenario to scenario.
var columns = []column{
	{head: "  strategy", left: true, least: 12}, {over: "success", head: "[95 % interval]", left: true, least: 17},
	{over: "executed", head: "once"}, {head: "duplicates"}, {head: "ghosts"},
	{over: "latency", head: "p50"}, {head: "p99", least: 6},
	{over: "resets", head: "seen/link"}, {over: "connec-", head: "tions"}, {head: "verdict", left: true},
}

func (p *page) block(r *Report, b *block) {
	p.text.WriteString(printable(b.name) + "\n")
	p.prose(b.about, "  ", "  ")
	p.text.WriteByte('\n')
	g := grid{columns: columns}
	for _, t := range b.trials {
		mark := "  "
		if r.recommended(t, b) {
			mark, p.best = "* ", true
		}
		s := &t.Summary
		g.add(mark+b.label(t.Strategy, t.Repetition), p.success(s),
			p.count(s.ExecutedOnce), p.count(s.Duplicates), p.count(s.Ghosts),
			p.time(&s.Latency, s.Latency.P50), p.time(&s.Latency, s.Latency.P99),
			p.resets(&s.Resets), p.count(s.Connections), p.verdict(t.Verdicts))
	}
	if len(b.trials) > 0 {
		g.write(&p.text)
	}
	if b.skipped != "" {
		p.prose("skipped: "+b.skipped, "    ", "      ")
	}
	p.unplayed(b)
	p.recommendation(r, b)
	p.attribution(b)
	for _, t := range b.trials {
		p.remarks(b.label(t.Strategy, t.Repetition), t)
	}
	p.verdicts(b)
	p.text.WriteByte('\n')
}

// label names a row.
func (b *block) label(strategy string, repetition int) string {
	if b.repeated {
		return printable(strategy) + " #" + itoa(repetition)
	}
	return printable(strategy)
}
