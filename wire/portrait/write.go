package portrait

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"rstorm/wire"
)

// maxScenarios is how many servers are written down.
const maxScenarios = 8

// ErrNothingSeen is wrapped by errors that say why there is no scenario to
// write: nothing was seen that one could be made of.
var ErrNothingSeen = errors.New("the capture shows nothing that a scenario could be made of")

// WriteScenario writes a suite with a scenario for each server whose exchanges
// were seen, or that refused to be called; the worst come first, eight at most.
// Source names the capture, for people. An error that says what the capture
// lacks wraps [ErrNothingSeen]; then nothing has been written.
func (p *Portrait) WriteScenario(w io.Writer, source string) error {
	worst := p.worst()
	if len(worst) == 0 {
		return fmt.Errorf("%w: %s", ErrNothingSeen, p.missing())
	}
	out := &writer{Writer: bufio.NewWriter(w)}
	out.line("# Written by rstorm diagnose --scenario from %s.", comment(source))
	out.line("# Times are those that were seen where the capture was taken; n is how many")
	out.line("# there were, of which at most %d were kept, by chance.", maxSample)
	if left := len(worst) - maxScenarios; left > 0 {
		out.line("# The worst %d servers of %d are played.", maxScenarios, len(worst))
		worst = worst[:maxScenarios]
	}
	if p.unmeasured > 0 {
		out.line("# %d of %d conversations were with too many other servers to be measured.", p.unmeasured, p.met)
	}
	scenes := make([]*scene, len(worst))
	for i, s := range worst {
		scenes[i] = newScene(s)
	}
	out.suite(scenes)
	if err := out.Flush(); err != nil {
		return fmt.Errorf("writing the scenario: %w", err)
	}
	return nil
}

// worst lists the servers that a scenario can be made of, those first with whom
// most ended badly.
func (p *Portrait) worst() []*server {
	var all []*server
	for _, s := range p.servers {
		if s.requests > 0 || s.struck[refusal]+s.struck[synDropped]+s.struck[synRejected]+s.struck[thrownOut] > 0 {
			all = append(all, s)
		}
	}
	slices.SortFunc(all, func(a, b *server) int {
		return cmp.Or(cmp.Compare(b.bad, a.bad), cmp.Compare(b.requests, a.requests), cmp.Compare(a.met, b.met))
	})
	return all
}

// missing says what the capture lacks.
func (p *Portrait) missing() string {
	hidden, protocols := 0, map[wire.Protocol]bool{}
	for _, s := range p.servers {
		for protocol, n := range s.hidden {
			hidden += n
			protocols[protocol] = true
		}
	}
	switch {
	case p.met == 0:
		return "it holds no TCP connection"
	case protocols[wire.TLS]:
		return fmt.Sprintf("no HTTP/1 exchange was seen in %d connections, %d of which are TLS or HTTP/2 and hide theirs", p.met, hidden)
	case hidden > 0:
		return fmt.Sprintf("no HTTP/1 exchange was seen in %d connections, %d of which speak HTTP/2", p.met, hidden)
	}
	return fmt.Sprintf("no HTTP/1 exchange was seen in %d connections", p.met)
}

// A writer writes lines; its first error stays.
type writer struct{ *bufio.Writer }

func (w *writer) line(format string, args ...any) {
	fmt.Fprintf(w, format+"\n", args...) // bufio keeps the error for Flush
}

// comment makes text of a foreign hand fit for a comment: in quotes, in one
// line, and not too long.
func comment(text string) string {
	const enough = 200
	if len(text) > enough {
		return strconv.QuoteToASCII(strings.ToValidUTF8(text[:enough], "\uFFFD")) + "..."
	}
	return strconv.QuoteToASCII(text)
}
