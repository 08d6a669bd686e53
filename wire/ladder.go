package wire

import (
	"fmt"
	"slices"
	"strings"

	"rstorm/results"
)

// ladderWidth is how many columns a ladder takes at most.
const ladderWidth = 110

// Ladder draws a conversation as text, a line for each segment that was kept:
// its number, milliseconds since the conversation's first packet, which way it
// went, its flags and relative numbers, and what begins in it. The packets that
// the finding rests on are marked with a star, and the cause and its evidence
// stand below. The finding may be nil. No line is wider than 110 columns, and
// all of it is printable ASCII.
func Ladder(c *Conversation, f *results.Finding) string {
	var b strings.Builder
	for _, line := range fold(title(c), "", "  ") {
		b.WriteString(line + "\n")
	}
	fmt.Fprintf(&b, "%8s %12s %-7s %-16s %9s %9s %6s\n", "packet", "ms", "", "flags", "seq", "ack", "len")
	for i := range c.Events {
		if i == c.Head && c.Omitted > 0 {
			fmt.Fprintf(&b, "%8s ... %d segments left out ...\n", "", c.Omitted)
		}
		e := &c.Events[i]
		mark := ' '
		if marked(f, e.Packet) {
			mark = '*'
		}
		line := fmt.Sprintf("%c%7d %12.3f %s %-16s %9d %9s %6d  %s%s", mark, e.Packet, float64(e.At-c.Began)/1e6, arrow(e), flagNames(e.Flags), e.Seq, acknowledged(e), e.Length, again(e), visible(e.Says, 100))
		b.WriteString(strings.TrimRight(cut(line, ladderWidth), " ") + "\n")
	}
	for _, text := range caption(f) {
		for _, line := range fold(text, "", "  ") {
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}

// marked reports whether the finding rests on a packet.
func marked(f *results.Finding, packet int) bool {
	return f != nil && slices.Contains(f.Packets, packet)
}

// title says which conversation it is, and how much of it was captured.
func title(c *Conversation) string {
	t := fmt.Sprintf("conversation %d: client %s, server %s, %s", c.Number, visible(c.Client.String(), 60), visible(c.Server.String(), 60), visible(c.State, 10))
	if c.Protocol != "" {
		t += ", " + visible(string(c.Protocol), 10)
	}
	if c.Midstream {
		t += ", captured from mid-stream"
	}
	if c.Cut {
		t += ", cut by the capture's end"
	}
	if n := c.Sides[Up].Missing + c.Sides[Down].Missing; n > 0 {
		t += fmt.Sprintf(", %d bytes missing", n)
	}
	return t
}

// caption is the cause and its evidence, a text for each; none without a
// finding or a cause.
func caption(f *results.Finding) []string {
	if f == nil || f.Cause == "" {
		return nil
	}
	by := fmt.Sprintf("cause: %s (by %s, phase %s", visible(f.Name(), 200), f.Origin, f.Phase)
	if f.Command != "" {
		by += ", command " + visible(f.Command, 60)
	}
	lines := []string{by + ")"}
	for _, sentence := range f.Evidence {
		lines = append(lines, "- "+visible(sentence, 1000))
	}
	return lines
}

// arrow points the way of a segment; that of a RST has a cross for its head.
func arrow(e *Event) string {
	switch {
	case e.Way == Up && e.Flags.Has(RST):
		return "C --x S"
	case e.Way == Up:
		return "C --> S"
	case e.Flags.Has(RST):
		return "C x-- S"
	}
	return "C <-- S"
}

// flagNames writes flags as in "FIN,ACK"; "-" if there are none.
func flagNames(f Flags) string {
	var names []string
	for _, flag := range []struct {
		bit  Flags
		name string
	}{{SYN, "SYN"}, {FIN, "FIN"}, {RST, "RST"}, {PSH, "PSH"}, {ACK, "ACK"}, {URG, "URG"}} {
		if f.Has(flag.bit) {
			names = append(names, flag.name)
		}
	}
	if names == nil {
		return "-"
	}
	return strings.Join(names, ",")
}

// acknowledged writes the acknowledgement number, "-" if there is none.
func acknowledged(e *Event) string {
	if !e.Flags.Has(ACK) {
		return "-"
	}
	return fmt.Sprint(e.Ack)
}

// again marks what was there before.
func again(e *Event) string {
	switch e.Repeat {
	case SentAgain:
		return "[again] "
	case SeenAgain:
		return "[twice] "
	case OutOfOrder:
		return "[late] "
	}
	return ""
}

// fold breaks text at spaces into lines of at most ladderWidth columns.
func fold(text, first, rest string) []string {
	var lines []string
	line, bare := first, true
	for _, word := range strings.Fields(text) {
		if !bare && len(line)+1+len(word) > ladderWidth {
			lines = append(lines, line)
			line, bare = rest, true
		}
		if !bare {
			line += " "
		}
		line, bare = cut(line+word, ladderWidth), false
	}
	return append(lines, line)
}

// cut is text of at most so many columns; what is longer ends in dots.
func cut(text string, columns int) string {
	if len(text) <= columns {
		return text
	}
	return text[:columns-3] + "..."
}
