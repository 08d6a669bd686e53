package scenarios

import (
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"

	"rstorm/clients"
)

// usualStrategies are played where the file names none.
func usualStrategies() []Strategy {
	var usual []Strategy
	for _, k := range clients.Kinds {
		if k.Usual {
			usual = append(usual, Strategy{Label: k.Name, Use: k.Name, Strategy: k.Defaults})
		}
	}
	return usual
}

// strategies reads a list of strategies; where n is nil they are base. One that
// can't be read has no label.
func (p *parser) strategies(n *yaml.Node, base []Strategy) []Strategy {
	if n == nil {
		return base
	}
	var items []*yaml.Node
	if p.decode(n, &items, "strategies") && len(items) == 0 {
		p.fail(n, "strategies is empty: name at least one, or leave the key out")
	}
	var all []Strategy
	seen := map[string]bool{}
	for _, item := range items {
		s := p.strategy(item)
		if seen[s.Label] {
			p.fail(item, "strategy %q is here twice: tell them apart by as", s.Label)
			continue
		}
		seen[s.Label] = s.Label != ""
		all = append(all, s)
	}
	return all
}

// strategy reads a bare name, or a mapping of use, as and settings.
func (p *parser) strategy(at *yaml.Node) (s Strategy) {
	if target(at).Kind != yaml.MappingNode {
		if kind, ok := p.kindNamed(at); ok && p.complete(at, kind.Name, reflect.ValueOf(kind.Defaults)) {
			s = Strategy{Label: kind.Name, Use: kind.Name, Strategy: kind.Defaults}
		}
		return s
	}
	p.visit(at, "a strategy", func(n *yaml.Node) {
		use := get(n, "use")
		if use == nil {
			p.fail(at, "a strategy has a name: use is missing")
		} else if kind, ok := p.kindNamed(use); ok {
			s = p.settings(n, kind)
		}
	})
	return s
}

func (p *parser) kindNamed(at *yaml.Node) (kind clients.Kind, ok bool) {
	var name string
	var names []string
	if !p.decode(at, &name, "a strategy") {
		return kind, false
	}
	for _, k := range clients.Kinds {
		if k.Name == name {
			return k, true
		}
		names = append(names, k.Name)
	}
	p.fail(at, "%s", unknown("strategy", name, names))
	return kind, false
}

// settings reads a strategy with settings over its defaults.
func (p *parser) settings(n *yaml.Node, kind clients.Kind) Strategy {
	head := layoutStrategy{As: kind.Name}
	settings := reflect.New(reflect.TypeOf(kind.Defaults)).Elem()
	settings.Set(reflect.ValueOf(kind.Defaults))
	if p.clean(func() { p.mapping(n, reflect.ValueOf(&head).Elem(), settings) }) && p.complete(n, kind.Name, settings) {
		if v, ok := settings.Interface().(interface{ Validate() []error }); ok {
			p.invalid(n, v.Validate())
		}
	}
	if head.As == "" || strings.Trim(strings.ToLower(head.As), "abcdefghijklmnopqrstuvwxyz0123456789_-") != "" {
		p.fail(place(n, "as"), "%q is not a label: want letters, digits, - and _", head.As)
		return Strategy{}
	}
	return Strategy{Label: head.As, Use: kind.Name, Settings: differences(settings, kind.Defaults),
		Strategy: settings.Interface().(clients.Strategy)}
}

// complete reports whether the settings hold all that has no default.
func (p *parser) complete(at *yaml.Node, kind string, settings reflect.Value) bool {
	return p.clean(func() {
		for _, f := range fields(settings.Type()) {
			if v := settings.FieldByIndex(f.index); f.must != "" && (v.IsZero() || v.Kind() == reflect.Slice && v.Len() == 0) {
				p.fail(place(at, f.key), "%s has no %s: write it, as in %s: %s", kind, f.key, f.key, f.must)
			}
		}
	})
}

// differences writes the settings that are not the defaults.
func differences(settings reflect.Value, defaults any) string {
	var all []string
	for _, f := range fields(settings.Type()) {
		is, was := settings.FieldByIndex(f.index), reflect.ValueOf(defaults).FieldByIndex(f.index)
		if !reflect.DeepEqual(is.Interface(), was.Interface()) {
			all = append(all, f.key+": "+write(is))
		}
	}
	return strings.Join(all, ", ")
}
