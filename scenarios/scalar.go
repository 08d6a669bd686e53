package scenarios

import (
	"encoding"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

var duration = reflect.TypeFor[time.Duration]()

// A named type with Names is a closed set of words.
type closed interface{ Names() []string }

// A closed set may have other names for some of its words, which decode into
// these.
type aliased interface{ Aliases() map[string]string }

// text decodes into a type that reads its own notation.
func (d *decoder) text(n *yaml.Node, v reflect.Value, f field) {
	into := reflect.New(v.Type())
	if err := into.Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(n.Value)); err != nil {
		d.fail(n, "%s: %v", f.key, err)
		return
	}
	v.Set(into.Elem())
}

// scalar decodes into one of Go's own kinds.
func (d *decoder) scalar(n *yaml.Node, v reflect.Value, f field) {
	if set, ok := v.Interface().(aliased); ok {
		if word, ok := set.Aliases()[n.Value]; ok {
			v.SetString(word)
			return
		}
	}
	if set, ok := v.Interface().(closed); ok && !slices.Contains(set.Names(), n.Value) {
		what := strings.ToLower(v.Type().Name())
		if f.typ == v.Type() {
			what = f.key // else it is one of a list
		}
		d.fail(n, "%s", unknown(what, n.Value, set.Names()))
		return
	}
	got, ok := convert(n, v.Type())
	if !ok {
		d.fail(n, "%s: want %s, not %s", f.key, describe(v.Type()), form(n))
		return
	}
	size := measure(got)
	if size < limit(f.min, v.Type(), math.Inf(-1)) || size > limit(f.max, v.Type(), math.Inf(1)) {
		d.fail(n, "%s is %s, want %s", f.key, n.Value, f.span())
		return
	}
	v.Set(got)
}

// convert reads n as a value of type t. Numbers are decimal. Text that YAML
// takes for something else, as it does 5 and true, needs quotes; dates do not.
func convert(n *yaml.Node, t reflect.Type) (reflect.Value, bool) {
	into := reflect.New(t).Elem()
	var err error
	switch whole := n.Tag == "!!int"; {
	case t == duration:
		var d time.Duration
		d, err = time.ParseDuration(n.Value)
		into.SetInt(int64(d))
	case t.Kind() == reflect.String && (n.Tag == "!!str" || n.Tag == "!!timestamp"):
		into.SetString(n.Value)
	case t.Kind() == reflect.Bool && n.Tag == "!!bool":
		into.SetBool(strings.EqualFold(n.Value, "true"))
	case into.CanInt() && whole:
		var v int64
		v, err = strconv.ParseInt(n.Value, 10, t.Bits())
		into.SetInt(v)
	case into.CanFloat() && (whole || n.Tag == "!!float"):
		var v float64
		v, err = strconv.ParseFloat(n.Value, t.Bits())
		into.SetFloat(v)
		return into, err == nil && v-v == 0 // neither infinite nor NaN
	default:
		return into, false
	}
	return into, err == nil
}

// measure is the size of v as its bounds see it.
func measure(v reflect.Value) float64 {
	switch {
	case v.CanInt():
		return float64(v.Int())
	case v.CanFloat():
		return v.Float()
	}
	return 0
}

// limit reads a bound, which is inclusive, for values of type t.
func limit(text string, t reflect.Type, none float64) float64 {
	switch {
	case text == "" || t.Kind() == reflect.String:
	case t == duration:
		if d, err := time.ParseDuration(text); err == nil {
			return float64(d)
		}
	default:
		if v, err := strconv.ParseFloat(text, 64); err == nil {
			return v
		}
	}
	return none
}
