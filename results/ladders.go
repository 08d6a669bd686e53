package results

import (
	"fmt"
	"strings"
)

// ladders draws the findings of a trial that were drawn, with what they rest on.
func (p *page) ladders(label string, t *Trial) {
	for i := range t.Findings {
		f := &t.Findings[i]
		if f.Ladder == "" {
			continue
		}
		p.prose(fmt.Sprintf("finding %d of %d: %s", i+1, t.FindingsTotal, f.title()), "    "+label+": ", "      ")
		for _, sentence := range f.Evidence {
			p.prose("- "+sentence, "      ", "        ")
		}
		for line := range strings.Lines(f.Ladder) {
			p.text.WriteString(strings.TrimRight("        "+printable(strings.TrimRight(line, "\n")), " ") + "\n")
		}
	}
}

// title is a finding in a line.
func (f *Finding) title() string {
	text := f.Name()
	if f.Reset {
		text += fmt.Sprintf(", reset by %s", f.Origin)
	}
	text += fmt.Sprintf(", connection %d", f.Connection)
	if f.Command == "" {
		return text + ", no command hit"
	}
	text += ", command " + f.Command
	if f.Attempt > 0 {
		text += fmt.Sprintf(" (attempt %d)", f.Attempt)
	}
	if f.Felt {
		text += ", felt by its caller"
	} else {
		text += ", hidden from its caller"
	}
	switch {
	case !f.Executed.Known():
		return text
	case f.Executed == 0:
		return text + ", never executed"
	case f.Executed == 1:
		return text + ", executed once"
	}
	return fmt.Sprintf("%s, executed %d times", text, f.Executed)
}
