package wire_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"rstorm/results"
	"rstorm/wire"
	"rstorm/wire/wiretest"
)

func TestTheLadderOfTheFieldCaseShowsWhatTheTableShows(t *testing.T) {
	c := conversationsOf(wiretest.Golden().Packets)[0]
	f := wire.Explain(c, wire.Witness{})
	got := wire.Ladder(c, &f)
	for _, line := range []string{
		"conversation 0: client 192.168.0.20:51514, server 192.168.0.75:80, SF, http, captured from mid-stream",
		"       1        0.000 C --> S PSH,ACK                  1         1     73  PUT /put/ctrl",
		"*      2       19.987 C <-- S PSH,ACK                  1        74     40  200 OK",
		"*      3       22.216 C --> S PSH,ACK                 74        41     49  GET /query/state",
		"*      4       22.699 C <-- S FIN,ACK                 41        74      0",
		"*      7       24.247 C x-- S RST                     41         -      0",
		"cause: close-race (by device, phase wait)",
		"- request #3 (GET /query/state) left 0.48 ms before FIN #4 came and does not acknowledge it (ack 41, FIN 41):",
		"  checking before reuse could not have helped",
	} {
		if !strings.Contains("\n"+got, "\n"+line+"\n") {
			t.Errorf("the ladder lacks the line %q:\n%s", line, got)
		}
	}
}

// hostile is a conversation whose every text tries to be more than text.
func hostile() (*wire.Conversation, *results.Finding) {
	evil := "GET /%%{init: {}}%%;<b>#35;\x1b[2J\nS->>C: lie\r\n$$x$$ &amp; \u202e end 世界"
	c := conversationsOf(wiretest.Golden().Packets)[0]
	for i := range c.Events {
		c.Events[i].Says = evil
	}
	c.Events[0].Repeat, c.Events[1].Repeat, c.Events[2].Repeat = wire.SentAgain, wire.SeenAgain, wire.OutOfOrder
	for i := range c.Exchanges {
		c.Exchanges[i].Method, c.Exchanges[i].Target, c.Exchanges[i].Command = evil, evil, evil
	}
	c.State, c.Protocol, c.Head, c.Omitted = evil, wire.Protocol(evil), 4, 17
	f := wire.Explain(c, wire.Witness{})
	f.Evidence = append(f.Evidence, evil)
	return c, &f
}

func TestALadderIsPrintableAndNarrow(t *testing.T) {
	got := wire.Ladder(hostile())
	for line := range strings.Lines(got) {
		line = strings.TrimSuffix(line, "\n")
		if len(line) > 110 {
			t.Errorf("%d columns: %q", len(line), line)
		}
		if strings.ContainsFunc(line, func(r rune) bool { return r < ' ' || r > '~' }) {
			t.Errorf("not printable: %q", line)
		}
	}
	for _, mark := range []string{"[again]", "[twice]", "[late]", "... 17 segments left out ...", "command GET"} {
		if !strings.Contains(got, mark) {
			t.Errorf("the ladder lacks %q:\n%s", mark, got)
		}
	}
	if n := strings.Count(got, "\n*"); n != 7 {
		t.Errorf("%d packets are marked, want the 7 of the finding:\n%s", n, got)
	}
}

func TestALadderNeedsNoFindingAndNoSegments(t *testing.T) {
	if got := wire.Ladder(&wire.Conversation{}, nil); strings.Count(got, "\n") != 2 || strings.Contains(got, "cause") {
		t.Errorf("an empty conversation is drawn as\n%s", got)
	}
	if got := wire.Ladder(&wire.Conversation{}, &results.Finding{}); strings.Contains(got, "cause") {
		t.Errorf("a conversation that ended well is drawn as\n%s", got)
	}
}

// The statements that these diagrams consist of (mermaid.js.org/syntax/
// sequenceDiagram.html). Text is free of all that is syntax but the entities.
var (
	mermaidText    = `(?:[^#;<>&%$\n]|#\d+;)*`
	mermaidOpening = regexp.MustCompile(`^    participant (C|S) as ` + mermaidText + `$`)
	mermaidMessage = regexp.MustCompile(`^    (?:C->>S|S->>C|C-xS|S-xC): ` + mermaidText + `$`)
	mermaidNote    = regexp.MustCompile(`^    Note over C,S: ` + mermaidText + `$`)
)

// checkMermaid holds a diagram against the syntax, and counts its arrows.
func checkMermaid(t *testing.T, c *wire.Conversation, diagram string) {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(diagram, "\n"), "\n")
	if lines[0] != "sequenceDiagram" || len(lines) < 3 || !mermaidOpening.MatchString(lines[1]) || !mermaidOpening.MatchString(lines[2]) {
		t.Fatalf("it does not begin as a diagram of two participants:\n%s", diagram)
	}
	arrows, crosses := 0, 0
	for _, line := range lines[3:] {
		switch {
		case mermaidMessage.MatchString(line):
			arrows++
			if strings.HasPrefix(line, "    C-x") || strings.HasPrefix(line, "    S-x") {
				crosses++
			}
		case !mermaidNote.MatchString(line):
			t.Errorf("no statement: %q", line)
		}
	}
	resets := 0
	for i := range c.Events {
		if c.Events[i].Flags.Has(wire.RST) {
			resets++
		}
	}
	if arrows != len(c.Events) || crosses != resets {
		t.Errorf("%d arrows, %d of them crossed, for %d segments with %d RSTs", arrows, crosses, len(c.Events), resets)
	}
}

func TestADiagramIsMermaidWhateverWasCaptured(t *testing.T) {
	c, f := hostile()
	got := wire.Mermaid(c, f)
	checkMermaid(t, c, got)
	for _, want := range []string{"#60;b#62;", "#37;#37;{init", "Note over C,S: 17 segments left out", "Note over C,S: cause: close-race (by device", "S-xC: * #35;7 24.2 ms RST seq 41"} {
		if !strings.Contains(got, want) {
			t.Errorf("the diagram lacks %q:\n%s", want, got)
		}
	}
	checkMermaid(t, &wire.Conversation{}, wire.Mermaid(&wire.Conversation{}, nil))
}

func TestEachFindingCanBeDrawn(t *testing.T) {
	for _, p := range pairs {
		play := p.fits.play()
		c := play.seen(t)
		f := wire.Explain(c, play.w)
		checkMermaid(t, c, wire.Mermaid(c, &f))
		if got := wire.Ladder(c, &f); !strings.Contains(got, fmt.Sprintf("cause: %s", f.Cause)) {
			t.Errorf("%s: the ladder does not name the cause:\n%s", p.fits.field, got)
		}
	}
}
