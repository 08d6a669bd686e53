package assert

import (
	"fmt"
	"slices"
	"strings"
)

// A SyntaxError says what is wrong with the text of a threshold.
type SyntaxError struct {
	Offset  int      // of the trouble, in bytes from the start of the source
	Problem string   // what is wrong and what is wanted
	Value   string   // the name that is not known, when Names is set
	Names   []string // the names that are
}

// Error says what is wrong, without the place.
func (e *SyntaxError) Error() string { return e.Problem }

func unknown(offset int, what, name string, names []string) *SyntaxError {
	return &SyntaxError{Offset: offset, Value: name, Names: names, Problem: fmt.Sprintf("unknown %s %q", what, name)}
}

// Parse reads a threshold; the package comment has the grammar. The error is a
// [*SyntaxError]. A threshold that could never fail, or never hold, is one.
func Parse(source string) (Threshold, error) { return ParseFor("", source) }

// ParseFor reads a threshold on the strategy with the given label: terms that
// name none get it.
func ParseFor(strategy, source string) (Threshold, error) {
	p := &parser{source: source, strategy: strategy}
	t := Threshold{terms: []term{p.term()}}
	if p.skip(); strings.HasPrefix(p.rest(), "-") {
		p.pos++
		t.terms = append(t.terms, p.term())
	}
	t.op = p.operator()
	p.skip()
	start := p.pos
	t.value = strings.TrimSpace(p.rest())
	if p.err == nil {
		p.pos, p.err = start, t.settle(start)
	}
	if p.err != nil {
		return Threshold{}, p.err
	}
	return t, nil
}

// parser reads from left to right. After the first error it reads on and
// keeps that one.
type parser struct {
	source   string
	strategy string
	pos      int
	err      *SyntaxError
}

func (p *parser) rest() string { return p.source[p.pos:] }

func (p *parser) fail(e *SyntaxError) {
	if p.err == nil {
		p.err = e
	}
}

func (p *parser) skip() { p.take(" \t\r\n") }

// take reads the longest run of characters of the set.
func (p *parser) take(set string) string {
	start := p.pos
	for p.pos < len(p.source) && strings.IndexByte(set, p.source[p.pos]) >= 0 {
		p.pos++
	}
	return p.source[start:p.pos]
}

const (
	lower = "abcdefghijklmnopqrstuvwxyz"
	upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

func (p *parser) term() term {
	p.skip()
	t := term{strategy: p.strategy, offset: p.pos}
	name := p.take(lower + upper + "0123456789._-")
	if name == "" {
		p.fail(&SyntaxError{Offset: p.pos, Problem: "a metric is missing, as in success >= 99%"})
		return t
	}
	label, metric, err := resolve(name)
	if t.metric = metric; label != "" {
		t.strategy = label
	}
	if err != nil {
		err.Offset += t.offset
		p.fail(err)
	}
	if strings.HasPrefix(p.rest(), "[") {
		p.pos++
		t.bracket = p.pos
		t.method = p.take(upper)
		if t.method == "" || !strings.HasPrefix(p.rest(), "]") {
			p.fail(&SyntaxError{Offset: t.bracket, Problem: "a method stands in brackets and in upper case, as in success[PUT]"})
			return t
		}
		p.pos++
	}
	return t
}

// resolve reads a term's name as a metric or, where it is none, as a
// strategy's label and a metric.
func resolve(name string) (label string, m *Metric, err *SyntaxError) {
	if m := find(name); m != nil {
		return "", m, nil
	}
	label, rest, dotted := strings.Cut(name, ".")
	switch m := find(rest); {
	case dotted && label != "" && m != nil:
		return label, m, nil
	case dotted && label != "" && rest != "" && find(label) == nil:
		return label, nil, unknownMetric(len(label)+1, rest)
	}
	return "", nil, unknownMetric(0, name)
}

func find(name string) *Metric {
	i := slices.IndexFunc(Metrics, func(m Metric) bool { return m.Name == name })
	if i < 0 {
		return nil
	}
	return &Metrics[i]
}

func unknownMetric(offset int, name string) *SyntaxError {
	names := make([]string, len(Metrics))
	for i, m := range Metrics {
		names[i] = m.Name
	}
	err := unknown(offset, "metric", name, names)
	if before, _, minus := strings.Cut(name, "-"); minus {
		if find(before) != nil {
			err.Problem += " (a difference has spaces around its minus)"
		}
	}
	return err
}
