package scenarios

import (
	"errors"
	"maps"
	"reflect"
	"slices"

	"go.yaml.in/yaml/v3"

	"rstorm/clients"
	"rstorm/device"
	"rstorm/faults"
)

// fault reads a fault of one side.
func (p *parser) fault(at *yaml.Node, side faults.Side) (f faults.Fault) {
	p.visit(at, "a fault", func(n *yaml.Node) { f = p.faultIn(n, side) })
	return f
}

// faultIn reads, completes and checks the fault that stands at n. A mapping
// with the key toxic is a toxic, any other an effect.
func (p *parser) faultIn(n *yaml.Node, side faults.Side) (f faults.Fault) {
	if n.Kind != yaml.MappingNode {
		p.fail(n, "a fault is a mapping, not %s", form(n))
		return f
	}
	into := reflect.ValueOf(&f).Elem()
	if get(n, "toxic") != nil {
		f.Toxic = &faults.Toxic{Toxicity: 1}
		into = reflect.ValueOf(f.Toxic).Elem()
	}
	if p.clean(func() { p.mapping(n, into) }) {
		f.Complete(side)
		p.invalid(n, f.Validate(side))
	}
	return f
}

// checkMethods refuses faults of the link that select methods which none of the
// scenario's commands has: they would never bite.
func (p *parser) checkMethods(link []*yaml.Node, s *Scenario) {
	for i, f := range s.Link {
		for _, m := range f.Methods {
			if !slices.ContainsFunc(s.Load.Mix, func(t Template) bool { return t.Method == m }) {
				p.fail(place(target(link[i]), "methods"), "no command of the mix has the method %s", m)
			}
		}
	}
}

// checkSides holds the scenario's faults, where they all are known, against
// each other, its protocol and its needs.
func (p *parser) checkSides(n *yaml.Node, link []*yaml.Node, s *Scenario) {
	device := get(n, "device")
	p.checkSide(n, s, faults.Device, s.Device.Faults, func(i int) *yaml.Node {
		if fs := p.faultNodes(device); i < len(fs) {
			return fs[i] // they stand in the scenario itself
		}
		return device // a profile's name: its faults are right, but not here
	})
	p.checkSide(n, s, faults.Link, s.Link, func(i int) *yaml.Node { return link[i] })
}

// faultNodes are the nodes of the faults of a device written in place.
func (p *parser) faultNodes(device *yaml.Node) []*yaml.Node {
	if device == nil || target(device).Kind != yaml.MappingNode {
		return nil
	}
	list := get(target(device), "faults")
	if list == nil {
		return nil
	}
	return target(list).Content
}

func (p *parser) checkSide(n *yaml.Node, s *Scenario, side faults.Side, fs []faults.Fault, at func(int) *yaml.Node) {
	for i := range fs {
		p.invalid(target(at(i)), fs[i].Fit(side, s.Protocol.TLS(), s.Protocol.HTTP2()))
		if need := fs[i].Need(); need != "" && !slices.Contains(s.Needs, need) {
			p.fail(at(i), "effect %s at %s can't be carried out everywhere: say needs: [%s] in the scenario, and it is skipped, with the reason, where that can't be had", fs[i].Effect, fs[i].Point, need)
		}
	}
	for _, c := range faults.Conflicts(fs) {
		p.fail(at(c.Index), "%s", c.Problem)
	}
}

// profile reads and checks a device profile.
func (p *parser) profile(n *yaml.Node, name string) (d device.Profile) {
	if p.decode(n, &d, name) {
		p.invalid(n, d.Validate())
	}
	return d
}

// device resolves a scenario's device: the name of a profile, or one in place.
func (p *parser) device(at *yaml.Node) (name string, d device.Profile) {
	switch {
	case at == nil:
		return Calm, d
	case target(at).Kind != yaml.ScalarNode:
		return "", p.profile(at, "device")
	case !p.decode(at, &name, "device"):
		return "", d
	}
	d, ok := p.profiles[name]
	if !ok {
		p.fail(at, "%s", unknown("device profile", name, slices.Sorted(maps.Keys(p.profiles))))
	}
	return name, d
}

// invalid places what validation found wrong with the mapping n.
func (p *parser) invalid(n *yaml.Node, errs []error) {
	for _, err := range errs {
		if e, ok := errors.AsType[*faults.FieldError](err); ok {
			key, value := lookup(n, e.Field)
			if key.Value == e.Value && e.Names != nil {
				value = key // it is the key that is not known
			}
			p.fail(value, "%s", e.Problem+suggestion(e.Value, e.Names))
			continue
		}
		at := n
		if e, ok := errors.AsType[*clients.SettingError](err); ok {
			at = place(n, e.Field)
		}
		p.fail(at, "%v", err)
	}
}
