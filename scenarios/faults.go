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
