package scenarios

import (
	"encoding"
	"reflect"

	"go.yaml.in/yaml/v3"
)

// A decoder fills Go values from YAML nodes by the tags of their fields: yaml
// (the key; ",inline" for embedded structs), min and max (inclusive, in the
// field's own notation) and doc. It is strict, and goes on after an error to
// find them all. What it can't fill keeps its value.
type decoder struct {
	source
	errs    []*Error
	stopped bool                // given up: what follows is not looked at
	budget  int                 // nodes that may still be visited
	open    map[*yaml.Node]bool // nodes around the one at hand
	hooks   map[reflect.Type]hook
}

// A hook decodes one type in a way of its own.
type hook func(n *yaml.Node, v reflect.Value)

// maxNodes bounds the visits: a file of the largest size has not as many nodes,
// unless its aliases multiply them. maxErrors bounds the errors.
const (
	maxNodes  = maxSize / 2
	maxErrors = 200
)

func newDecoder(s source) *decoder {
	return &decoder{source: s, budget: maxNodes, open: map[*yaml.Node]bool{}, hooks: map[reflect.Type]hook{}}
}

func (d *decoder) fail(n *yaml.Node, format string, args ...any) {
	d.failAt(n.Line, n.Column, format, args...)
}

func (d *decoder) failAt(line, column int, format string, args ...any) {
	if !d.stopped {
		d.errs = append(d.errs, d.source.fail(line, column, format, args...))
		d.stopped = len(d.errs) == maxErrors
	}
}

// decode fills what v points to from n, the value of the key, and reports
// whether it found nothing wrong.
func (d *decoder) decode(n *yaml.Node, v any, key string) bool {
	return d.clean(func() { d.value(n, reflect.ValueOf(v).Elem(), field{key: key}) })
}

// clean runs do and reports whether it found nothing wrong.
func (d *decoder) clean(do func()) bool {
	before := len(d.errs)
	do()
	return len(d.errs) == before && !d.stopped
}

// visit calls do with what stands at n, behind an alias as well, if that can
// be a value of the key at all.
func (d *decoder) visit(at *yaml.Node, key string, do func(n *yaml.Node)) {
	if d.budget--; d.budget < 0 {
		d.fail(at, "the file grows beyond all bounds here: too many aliases")
		d.stopped = true
	}
	if d.stopped {
		return
	}
	n := target(at)
	switch {
	case d.open[n]:
		d.fail(at, "the anchor %q contains itself", n.Anchor)
	case n.Style&yaml.TaggedStyle != 0:
		d.fail(at, "%s: tags such as %s are not supported", key, n.Tag)
	case n.Kind == yaml.ScalarNode && n.Tag == "!!null":
		d.fail(at, "%s has no value: give it one or leave it out", key)
	default:
		d.open[n] = true
		do(n)
		delete(d.open, n)
	}
}

var (
	rawNode  = reflect.TypeFor[*yaml.Node]()
	entries  = reflect.TypeFor[[]entry]()
	fromText = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// An entry is a key and its value, of a mapping whose order matters or whose
// values are decoded later.
type entry struct{ key, value *yaml.Node }

// value decodes n into v, which can be set. The field gives its name and its
// bounds.
func (d *decoder) value(at *yaml.Node, v reflect.Value, f field) {
	if v.Type() == rawNode {
		v.Set(reflect.ValueOf(at))
		return
	}
	d.visit(at, f.key, func(n *yaml.Node) {
		if hook := d.hooks[v.Type()]; hook != nil {
			hook(n, v)
			return
		}
		if n.Kind != kindOf(v.Type()) {
			d.fail(at, "%s: want %s, not %s", f.key, describe(v.Type()), form(n))
			return
		}
		d.kind(n, v, f)
	})
}

func (d *decoder) kind(n *yaml.Node, v reflect.Value, f field) {
	switch {
	case reflect.PointerTo(v.Type()).Implements(fromText):
		d.text(n, v, f)
	case v.Type() == entries:
		for key, value := range d.pairs(n) {
			v.Set(reflect.Append(v, reflect.ValueOf(entry{key, value})))
		}
	case v.Kind() == reflect.Pointer:
		into := reflect.New(v.Type().Elem())
		d.kind(n, into.Elem(), f)
		v.Set(into)
	case v.Kind() == reflect.Struct:
		d.mapping(n, v)
	case v.Kind() == reflect.Map:
		d.table(n, v, f)
	case v.Kind() == reflect.Slice:
		d.list(n, v, f)
	default:
		d.scalar(n, v, f)
	}
}

// list replaces v: what it held may be shared.
func (d *decoder) list(n *yaml.Node, v reflect.Value, f field) {
	all := reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content))
	for i, item := range n.Content {
		d.value(item, all.Index(i), f)
	}
	v.Set(all)
}

func (d *decoder) table(n *yaml.Node, v reflect.Value, f field) {
	all := reflect.MakeMap(v.Type())
	for key, item := range d.pairs(n) {
		element := reflect.New(v.Type().Elem()).Elem()
		d.value(item, element, field{key: f.key + "." + key.Value, min: f.min, max: f.max})
		all.SetMapIndex(reflect.ValueOf(key.Value).Convert(v.Type().Key()), element)
	}
	v.Set(all)
}
