package scenarios

import (
	"cmp"
	"reflect"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"

	"rstorm/device"
	"rstorm/faults"
	"rstorm/results"
)

// A parser turns a layout into a suite.
type parser struct {
	*decoder
	commands map[string]Template       // all that a mix can name
	profiles map[string]device.Profile // all that a scenario can name
}

func newParser(s source) *parser {
	p := &parser{decoder: newDecoder(s), commands: map[string]Template{}, profiles: map[string]device.Profile{Calm: {}}}
	for _, t := range BuiltIn() {
		p.commands[t.Name] = t
	}
	p.hooks[reflect.TypeFor[Template]()] = p.template
	// The faults that the decoder comes upon are those in device profiles.
	p.hooks[reflect.TypeFor[faults.Fault]()] = func(n *yaml.Node, v reflect.Value) {
		v.Set(reflect.ValueOf(p.faultIn(n, faults.Device)))
	}
	return p
}

// suite reads the whole file.
func (p *parser) suite(root *yaml.Node) *Suite {
	if !p.version(root) {
		return nil
	}
	var l layout
	p.decode(root, &l, "the file")
	p.define(l.Commands)
	s := &Suite{Profiles: []Profile{{Name: Calm}}}
	for _, e := range l.Profiles {
		if e.key.Value == Calm {
			p.fail(e.key, "the profile %q is built in: give yours another name", Calm)
			continue
		}
		d := p.profile(e.value, e.key.Value)
		p.profiles[e.key.Value] = d
		s.Profiles = append(s.Profiles, Profile{e.key.Value, d})
	}
	load := p.load(l.Defaults.Load, DefaultLoad())
	strategies := p.strategies(l.Defaults.Strategies, usualStrategies())
	if len(l.Scenarios) == 0 && len(p.errs) == 0 {
		p.fail(place(root, "scenarios"), "there is no scenario to play")
	}
	seen := map[string]*yaml.Node{}
	for _, n := range l.Scenarios {
		if p.stopped {
			break
		}
		s.Scenarios = append(s.Scenarios, p.scenario(n, load, strategies, seen))
	}
	return s
}

// version refuses files of other versions: nothing can be said about the rest
// of them.
func (p *parser) version(root *yaml.Node) bool {
	if root.Kind != yaml.MappingNode {
		p.fail(root, "want a mapping with version and scenarios, not %s", form(root))
		return false
	}
	n := get(root, "version")
	if n == nil {
		p.fail(root, "version is missing: want version: 1")
		return false
	}
	var version int
	ok := p.decode(n, &version, "version")
	if ok && version != 1 {
		p.fail(n, "version %d is not known here: want version: 1", version)
		return false
	}
	return ok
}

func (p *parser) scenario(at *yaml.Node, load Load, strategies []Strategy, seen map[string]*yaml.Node) (s Scenario) {
	p.visit(at, "a scenario", func(n *yaml.Node) {
		if n.Kind != yaml.MappingNode {
			p.fail(at, "a scenario is a mapping, not %s", form(n))
			return
		}
		var l layoutScenario
		before := len(p.errs)
		p.mapping(n, reflect.ValueOf(&l).Elem())
		p.name(n, l.Name, seen)
		s.Name, s.About = l.Name, l.About
		s.DeviceName, s.Device = p.device(l.Device)
		for _, f := range l.Link {
			s.Link = append(s.Link, p.fault(f, faults.Link))
		}
		s.Load = p.load(l.Load, load)
		p.checkMethods(l.Link, &s)
		s.Needs, s.Protocol = l.Needs, cmp.Or(l.Protocol, results.HTTP)
		for _, c := range l.Shows {
			s.Shows = append(s.Shows, string(c))
		}
		if len(p.errs) == before {
			p.checkSides(n, l.Link, &s)
		}
		s.Strategies = p.strategies(l.Strategies, strategies)
		j := newJudge(p, &s)
		for _, a := range l.Assert {
			j.entry(a)
		}
		s.Assert = j.all
	})
	return s
}

// name checks a scenario's name, which reports and selections go by.
func (p *parser) name(n *yaml.Node, name string, seen map[string]*yaml.Node) {
	at := place(n, "name")
	odd := func(r rune) bool { return !unicode.IsPrint(r) }
	switch first := seen[name]; {
	case get(n, "name") == nil:
		p.fail(n, "a scenario has a name: it is missing")
	case name != target(at).Value: // it could not be read
	case strings.TrimSpace(name) != name || name == "" || strings.ContainsFunc(name, odd):
		p.fail(at, "%q is not a name: want printable text in one line", name)
	case first != nil:
		p.fail(at, "the scenario %q is here twice; the first stands in line %d", name, first.Line)
	default:
		seen[name] = at
	}
}
