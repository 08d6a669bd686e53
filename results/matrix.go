package results

import (
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
)

// WriteMatrix writes a Markdown table with a row for each strategy and a column
// for each scenario of the report, by its first repetition, and below it what
// the scenarios are.
func WriteMatrix(w io.Writer, r *Report) error {
	m := matrix{blocks: blocks(r), methods: methodsOf(r)}
	m.line("# The strategies, by how the device treats connections")
	m.line("")
	m.line("Written by `make strategies`; a test plays the matrix again and compares. Each cell is the success in percent; where the")
	m.line("methods differ by it, (%s). Where commands may have been executed all the same, f is how many were reported failed,", strings.Join(m.methods, "/"))
	m.line("and d how many were executed twice, both by method. One run with seed %d.", r.Seed)
	m.line("")
	m.table()
	m.line("")
	for _, b := range m.blocks {
		m.line("- **%s**: %s", printable(b.name), printable(b.about))
	}
	if _, err := io.WriteString(w, m.text.String()); err != nil {
		return fmt.Errorf("write report as a matrix: %w", err)
	}
	return nil
}

// A matrix is such a text under way.
type matrix struct {
	text    strings.Builder
	blocks  []block
	methods []string
}

func (m *matrix) line(format string, args ...any) { fmt.Fprintf(&m.text, format+"\n", args...) }

// methodsOf lists the methods of a report's commands, those that control first.
func methodsOf(r *Report) []string {
	all := map[string]bool{}
	for i := range r.Trials {
		for method := range r.Trials[i].ByMethod {
			all[method] = true
		}
	}
	methods := slices.Sorted(maps.Keys(all))
	slices.SortStableFunc(methods, func(a, b string) int { return truth(safe(a)) - truth(safe(b)) })
	return methods
}

func (m *matrix) table() {
	head := "| strategy |"
	var strategies []string
	for _, b := range m.blocks {
		head += " " + cell(b.name) + " |"
		for _, t := range b.trials {
			if !slices.Contains(strategies, t.Strategy) {
				strategies = append(strategies, t.Strategy)
			}
		}
	}
	m.line("%s", head)
	m.line("|%s", strings.Repeat("---|", len(m.blocks)+1))
	for _, strategy := range strategies {
		row := "| " + cell(strategy) + " |"
		for i := range m.blocks {
			row += " " + m.cell(&m.blocks[i], strategy) + " |"
		}
		m.line("%s", row)
	}
}

// cell is what a strategy got in a scenario.
func (m *matrix) cell(b *block, strategy string) string {
	i := slices.IndexFunc(b.trials, func(t *Trial) bool { return t.Strategy == strategy })
	switch {
	case b.skipped != "":
		return "skipped"
	case i < 0:
		return "-"
	}
	t := b.trials[i]
	if slices.ContainsFunc(b.trials, dubious) {
		return fmt.Sprintf("%s f%s d%s", percent(t.Summary.Success), m.each(t, failed), m.each(t, duplicates))
	}
	text := percent(t.Summary.Success)
	apart := func(s Summary) bool { return percent(s.Success) != text }
	if slices.ContainsFunc(slices.Collect(maps.Values(t.ByMethod)), apart) {
		text += fmt.Sprintf(" (%s)", m.each(t, func(s *Summary) string { return percent(s.Success) }))
	}
	return text
}

// dubious reports whether a caller can't know by its answers what was executed.
func dubious(t *Trial) bool { return t.Summary.Ghosts > 0 || t.Summary.Duplicates > 0 }

// each writes a figure for each method.
func (m *matrix) each(t *Trial, figure func(*Summary) string) string {
	var all []string
	for _, method := range m.methods {
		if s, ok := t.ByMethod[method]; ok {
			all = append(all, figure(&s))
		}
	}
	return strings.Join(all, "/")
}

func failed(s *Summary) string { return fmt.Sprint(s.Commands - s.OK) }

func duplicates(s *Summary) string {
	var p page // for the way it writes counts; its legend is not needed here
	return p.count(s.Duplicates)
}

// percent is a share in whole percents.
func percent(r Rate) string {
	if math.IsNaN(float64(r)) {
		return "?"
	}
	return fmt.Sprintf("%.0f", 100*float64(r))
}
