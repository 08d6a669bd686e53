package scenarios

import (
	"fmt"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"
)

// A Field is a key that a mapping may have, for lists of settings.
type Field struct {
	Key     string
	Type    string // what is written there, with its bounds
	Default string // as it would be written; empty if there is none
	Must    string // how it may be written, of a strategy's setting that must be; else empty
	Doc     string
}

// Fields lists the keys that decode into v, a struct, from the same tags as
// the decoder. The defaults are what v holds.
func Fields(v any) []Field {
	value := reflect.Indirect(reflect.ValueOf(v))
	var all []Field
	for _, f := range fields(value.Type()) {
		out := Field{Key: f.key, Type: describe(f.typ), Must: f.must, Doc: f.doc}
		if set, ok := elements(f.typ); ok {
			out.Type += " of " + strings.Join(set.Names(), ", ")
		}
		if span := f.span(); span != "" {
			out.Type += ", " + span
		}
		if held := value.FieldByIndex(f.index); !held.IsZero() {
			out.Default = write(held)
		}
		all = append(all, out)
	}
	return all
}

// elements is the closed set that a list's elements are of, if they are.
func elements(t reflect.Type) (set closed, ok bool) {
	if t.Kind() == reflect.Slice && t != entries {
		set, ok = reflect.Zero(t.Elem()).Interface().(closed)
	}
	return set, ok
}

// A field is a struct's field as its tags describe it.
type field struct {
	key, doc, min, max string
	must               string // how it may be written, if it must be
	zero               string // what 0 does, as in "is no limit"; empty if it is the least amount
	index              []int
	typ                reflect.Type
}

// fields lists those fields of struct type t that have a key, with those of
// embedded structs in their place.
func fields(t reflect.Type) []field {
	var all []field
	for i := range t.NumField() {
		f := t.Field(i)
		key, option, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		switch {
		case option == "inline":
			for _, inner := range fields(f.Type) {
				inner.index = append([]int{i}, inner.index...)
				all = append(all, inner)
			}
		case key != "" && key != "-":
			all = append(all, field{key, f.Tag.Get("doc"), f.Tag.Get("min"), f.Tag.Get("max"), f.Tag.Get("must"), f.Tag.Get("zero"), []int{i}, f.Type})
		}
	}
	return all
}

// span writes the bounds.
func (f field) span() string {
	switch {
	case f.min != "" && f.max != "":
		return f.min + " to " + f.max
	case f.min != "":
		return "at least " + f.min
	case f.max != "":
		return "at most " + f.max
	}
	return ""
}

// kindOf is the kind of node that decodes into t.
func kindOf(t reflect.Type) yaml.Kind {
	switch {
	case reflect.PointerTo(t).Implements(fromText):
		return yaml.ScalarNode
	case t.Kind() == reflect.Pointer:
		return kindOf(t.Elem())
	case t == entries, t.Kind() == reflect.Struct, t.Kind() == reflect.Map:
		return yaml.MappingNode
	case t.Kind() == reflect.Slice:
		return yaml.SequenceNode
	}
	return yaml.ScalarNode
}

// describe says what is written where a t is wanted.
func describe(t reflect.Type) string {
	zero := reflect.Zero(t)
	set, isClosed := zero.Interface().(closed)
	switch {
	case t.Kind() == reflect.Pointer:
		return describe(t.Elem())
	case isClosed:
		return "one of " + strings.Join(set.Names(), ", ")
	case reflect.PointerTo(t).Implements(fromText):
		return "a " + strings.ToLower(t.Name())
	case t == duration:
		return "a time with its unit, as in 250ms"
	case zero.CanInt():
		return "a whole number"
	case zero.CanFloat():
		return "a number"
	case t.Kind() == reflect.Bool:
		return "true or false"
	case t.Kind() == reflect.Slice && t != entries:
		return "a list"
	case t == entries, t.Kind() == reflect.Struct, t.Kind() == reflect.Map:
		return "a mapping"
	}
	return "text"
}

// form says what is written at n.
func form(n *yaml.Node) string {
	switch n.Kind {
	case yaml.AliasNode:
		return form(n.Alias)
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	const enough = 40
	if r := []rune(n.Value); len(r) > enough {
		return fmt.Sprintf("%q", string(r[:enough])+"...")
	}
	return fmt.Sprintf("%q", n.Value)
}

// write is the opposite of decoding, for people.
func write(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Pointer:
		return write(v.Elem())
	case reflect.Slice:
		items := make([]string, v.Len())
		for i := range items {
			items[i] = write(v.Index(i))
		}
		return "[" + strings.Join(items, ", ") + "]"
	}
	return fmt.Sprint(v.Interface())
}
