package wire

import (
	"fmt"
	"strings"

	"rstorm/results"
)

// Mermaid draws a conversation as a sequence diagram in the syntax of Mermaid
// (mermaid.js.org/syntax/sequenceDiagram.html): an arrow for each segment that
// was kept, one with a cross for its head for a RST, a star before each packet
// that the finding rests on, and the cause and its evidence as notes. The
// finding may be nil.
func Mermaid(c *Conversation, f *results.Finding) string {
	var b strings.Builder
	b.WriteString("sequenceDiagram\n")
	fmt.Fprintf(&b, "    participant C as %s\n", mermaidText("client "+c.Client.String()))
	fmt.Fprintf(&b, "    participant S as %s\n", mermaidText("server "+c.Server.String()))
	for i := range c.Events {
		if i == c.Head && c.Omitted > 0 {
			fmt.Fprintf(&b, "    Note over C,S: %d segments left out\n", c.Omitted)
		}
		e := &c.Events[i]
		fmt.Fprintf(&b, "    %s: %s\n", mermaidArrow(e), mermaidText(label(c, e, f)))
	}
	for _, text := range caption(f) {
		fmt.Fprintf(&b, "    Note over C,S: %s\n", mermaidText(text))
	}
	return b.String()
}

// label is what stands at a segment's arrow.
func label(c *Conversation, e *Event, f *results.Finding) string {
	mark := ""
	if marked(f, e.Packet) {
		mark = "* "
	}
	text := fmt.Sprintf("%s#%d %s %s%s seq %d", mark, e.Packet, millis(e.At-c.Began), again(e), flagNames(e.Flags), e.Seq)
	if e.Flags.Has(ACK) {
		text += fmt.Sprintf(" ack %d", e.Ack)
	}
	if e.Length > 0 {
		text += fmt.Sprintf(" len %d", e.Length)
	}
	if e.Says != "" {
		text += " " + e.Says
	}
	return text
}

// mermaidArrow is a solid line with an arrowhead, or with a cross for a RST.
func mermaidArrow(e *Event) string {
	switch {
	case e.Way == Up && e.Flags.Has(RST):
		return "C-xS"
	case e.Way == Up:
		return "C->>S"
	case e.Flags.Has(RST):
		return "S-xC"
	}
	return "S->>C"
}

// mermaidText writes text so that nothing in it is syntax, as the entities that
// Mermaid reads: "#" and ";" begin entities and end statements, "<", ">" and "&"
// are markup, "%%" begins comments and directives, "$$" formulas.
func mermaidText(text string) string {
	var b strings.Builder
	for _, c := range visible(text, 1000) {
		if strings.ContainsRune("#;<>&%$", c) {
			fmt.Fprintf(&b, "#%d;", c)
			continue
		}
		b.WriteRune(c)
	}
	return b.String()
}
