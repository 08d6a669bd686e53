package diagnosis

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"rstorm/results"
)

// A textWriter writes a table of connections as they end, and sums up in prose.
type textWriter struct {
	out   *bufio.Writer
	first int64  // of the capture at hand
	title string // of the capture at hand, until it is written
	any   bool   // something was written
}

func newText(w io.Writer) Writer {
	return &textWriter{out: bufio.NewWriterSize(w, 1<<16)}
}

// row is the form of a connection's line. Addresses of IPv6 break it, and so do
// several causes.
const row = "%6s  %11s  %-21s -> %-21s  %-6s  %-7s  %-21s  %s"

// indent is what stands before the other lines of a connection.
const indent = "        "

func (t *textWriter) Open(file string, first int64) {
	t.begin()
	at := time.Unix(0, first).UTC().Format(time.RFC3339Nano)
	t.first, t.title = first, fmt.Sprintf("%s: first packet at %s\n", printable(file), at)
}

func (t *textWriter) Tell(c *Connection) {
	if t.begin() {
		t.row("conn", "ended after", "client", "server", "state", "by", "cause", "hit")
	}
	t.row(strconv.Itoa(c.Number), t.when(c.Ended), c.Client, c.Server, c.ConnState, c.Origin, name(c), hit(c))
	if len(c.Candidates) > mostNamed {
		wrap(t.out, strings.Join(c.Candidates[mostNamed:], " or "), indent+"or ", indent+"   ")
	}
	fmt.Fprintf(t.out, "%sshow %s, or %s\n", indent, c.DisplayFilter, c.AddressFilter)
	for line := range strings.Lines(c.Ladder + c.Diagram) {
		fmt.Fprintf(t.out, "  %s\n", strings.TrimRight(line, " \n"))
	}
	if c.spelled {
		for _, sentence := range c.Evidence {
			wrap(t.out, printable(sentence), indent+"- ", indent+"  ")
		}
	}
}

func (t *textWriter) row(cells ...any) {
	t.out.WriteString(strings.TrimRight(fmt.Sprintf(row, cells...), " ") + "\n")
}

// begin writes the title of the capture at hand, and reports whether it had not
// been written before.
func (t *textWriter) begin() bool {
	if t.title == "" {
		return false
	}
	if t.any {
		t.out.WriteString("\n")
	}
	t.out.WriteString(t.title)
	t.title, t.any = "", true
	return true
}

// when is a time as Wireshark shows it: in seconds since the capture's first
// packet.
func (t *textWriter) when(at time.Time) string {
	return strconv.FormatFloat(at.Sub(time.Unix(0, t.first)).Seconds(), 'f', 6, 64)
}

func (t *textWriter) Close(r *Report) {
	t.begin()
	if t.any {
		t.out.WriteString("\n")
	}
	summary{t.out}.write(r)
}

func (t *textWriter) Flush() error {
	if err := t.out.Flush(); err != nil {
		return fmt.Errorf("print the diagnosis: %w", err)
	}
	return nil
}

// phases say how far an exchange had come when it was cut.
var phases = map[results.Phase]string{
	results.PhaseSend: ", not sent whole",
	results.PhaseWait: ", unanswered",
	results.PhaseHead: ", within the answer's head",
	results.PhaseBody: ", within the answer's body",
}

// hit says what the end of a connection has hit; empty if nothing is known.
func hit(c *Connection) string {
	what := list(c.Commands)
	if what == "" && phases[c.Phase] != "" {
		what = "a request"
	}
	return what + phases[c.Phase]
}

// mostNamed is how many candidates stand on a connection's line.
const mostNamed = 2

// name is a connection's cause, or the likeliest ones if there are several.
func name(c *Connection) string {
	more := len(c.Candidates) - mostNamed
	switch {
	case c.Cause == "":
		return "-"
	case len(c.Candidates) < 2:
		return c.Cause
	case more > 0:
		return fmt.Sprintf("%s or %d more", strings.Join(c.Candidates[:mostNamed], " or "), more)
	}
	return strings.Join(c.Candidates, " or ")
}

// list names the first few commands, each so that it can be found.
func list(all []Command) string {
	const most, room = 2, 40
	var names []string
	for _, c := range all[:min(len(all), most)] {
		name := c.String()
		if utf8.RuneCountInString(name) > room {
			name = string([]rune(name)[:room]) + "..."
		}
		if c.ID != "" {
			name += " [" + c.ID + "]"
		}
		names = append(names, printable(name))
	}
	if more := len(all) - most; more > 0 {
		names = append(names, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(names, ", ")
}

// printable writes what a terminal would obey instead of show as Go escapes.
func printable(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' || r == '"' || r == '\\' }) {
		return s
	}
	if quoted := strconv.Quote(s); len(quoted) != len(s)+2 {
		return quoted[1 : len(quoted)-1]
	}
	return s
}
