package scenarios

import (
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"rstorm/assert"
)

// A piece is a part of a threshold's text and where it stands.
type piece struct {
	text string
	at   *yaml.Node // nil if it does not stand in the file
}

// A judge reads the thresholds of one scenario.
type judge struct {
	*parser
	labels, methods []string // that the scenario has; nil if not all could be read
	all             []assert.Threshold
}

func newJudge(p *parser, s *Scenario) *judge {
	j := &judge{parser: p}
	for _, st := range s.Strategies {
		j.labels = append(j.labels, st.Label)
	}
	for _, t := range s.Load.Mix {
		if !slices.Contains(j.methods, t.Method) {
			j.methods = append(j.methods, t.Method)
		}
	}
	if slices.Contains(j.labels, "") {
		j.labels = nil
	}
	if slices.Contains(j.methods, "") {
		j.methods = nil
	}
	return j
}

// entry reads an item of assert: a threshold, or a mapping of strategies to
// theirs.
func (j *judge) entry(at *yaml.Node) {
	j.visit(at, "assert", func(n *yaml.Node) {
		switch n.Kind {
		case yaml.ScalarNode:
			j.threshold("", piece{n.Value, n})
		case yaml.MappingNode:
			for key, value := range j.pairs(n) {
				if j.labels == nil || slices.Contains(j.labels, key.Value) {
					j.strategy(key.Value, value)
				} else {
					j.fail(key, "%s", unknown("strategy", key.Value, j.labels))
				}
			}
		default:
			j.fail(at, "a threshold is text, or a mapping of strategies to thresholds, not %s", form(n))
		}
	})
}

// strategy reads the thresholds of one strategy: one, a list of them, or a
// mapping of metrics to bounds.
func (j *judge) strategy(label string, at *yaml.Node) {
	j.visit(at, label, func(n *yaml.Node) {
		switch n.Kind {
		case yaml.ScalarNode:
			j.threshold(label, piece{n.Value, n})
		case yaml.SequenceNode:
			for _, item := range n.Content {
				j.scalar(item, label, func(n *yaml.Node) { j.threshold(label, piece{n.Value, n}) })
			}
		case yaml.MappingNode:
			for key, value := range j.pairs(n) {
				j.scalar(value, key.Value, func(n *yaml.Node) { j.bound(label, key, n) })
			}
		}
	})
}

func (j *judge) scalar(at *yaml.Node, key string, do func(n *yaml.Node)) {
	j.visit(at, key, func(n *yaml.Node) {
		if n.Kind != yaml.ScalarNode {
			j.fail(at, "%s: want text, as in \">= 99%%\", not %s", key, form(n))
			return
		}
		do(n)
	})
}

// bound reads a metric and its bound. A value without an operator means ==.
func (j *judge) bound(label string, key, value *yaml.Node) {
	between := " "
	if !strings.ContainsAny(value.Value[:min(1, len(value.Value))], "<>=!") {
		between = " == "
	}
	j.threshold(label, piece{key.Value, key}, piece{between, nil}, piece{value.Value, value})
}

func (j *judge) threshold(label string, pieces ...piece) {
	var source strings.Builder
	for _, part := range pieces {
		source.WriteString(part.text)
	}
	t, err := assert.ParseFor(label, source.String())
	if err == nil {
		err = t.Check(j.labels, j.methods)
	}
	if err == nil {
		j.all = append(j.all, t)
		return
	}
	problem, offset := err.Error(), 0
	if e, ok := errors.AsType[*assert.SyntaxError](err); ok {
		offset = e.Offset
		if e.Names != nil {
			problem += suggestion(e.Value, e.Names)
		}
	}
	for i, part := range pieces {
		if part.at != nil && (offset <= len(part.text) || i == len(pieces)-1) {
			line, column := j.within(part.at, max(0, offset))
			j.failAt(line, column, "%s", problem)
			return
		}
		offset -= len(part.text)
	}
}

// within returns the place of a byte of a scalar's text. Where the file has the
// text in another form, folded or escaped, that is the place of the scalar.
func (d *decoder) within(n *yaml.Node, offset int) (line, column int) {
	if n.Line <= len(d.lines) && n.Column > 0 {
		rest := d.lines[n.Line-1]
		for range n.Column - 1 {
			_, size := utf8.DecodeRuneInString(rest)
			rest = rest[size:]
		}
		column = n.Column
		if rest != "" && strings.Contains(`"'`, rest[:1]) {
			rest, column = rest[1:], column+1
		}
		if strings.HasPrefix(rest, n.Value) {
			return n.Line, column + utf8.RuneCountInString(n.Value[:min(offset, len(n.Value))])
		}
	}
	return n.Line, n.Column
}
