package scenarios

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"rstorm/clients"
	"rstorm/faults"
)

// A spot is where a setting stands in a scenario.
type spot struct {
	field
	v    reflect.Value // can be set
	keep func()        // puts back what v was copied out of; nil if v stands in its place
}

// roots are what paths begin with.
var roots = []string{"load", "device", "link", "strategy"}

// spots finds what the path leads to: one spot, or one in each strategy.
func (s *Scenario) spots(path string) ([]spot, error) {
	root, rest, _ := strings.Cut(path, ".")
	var below []string
	if rest != "" {
		below = strings.Split(rest, ".")
	}
	switch root {
	case "load":
		return one(find(reflect.ValueOf(&s.Load).Elem(), root, below))
	case "device":
		return one(find(reflect.ValueOf(&s.Device).Elem(), root, below))
	case "link":
		return one(find(reflect.ValueOf(&s.Link).Elem(), root, below))
	case "strategy":
		return s.strategySpots(below)
	}
	return nil, fmt.Errorf("%s", unknown("setting", path, roots))
}

func one(at spot, err error) ([]spot, error) { return []spot{at}, err }

// strategySpots finds a setting that every strategy has.
func (s *Scenario) strategySpots(below []string) ([]spot, error) {
	var all []spot
	for i := range s.Strategies {
		st := &s.Strategies[i]
		settings := reflect.New(reflect.TypeOf(st.Strategy)).Elem()
		settings.Set(reflect.ValueOf(st.Strategy))
		at, err := find(settings, "strategy "+st.Label, below)
		if err != nil {
			return nil, err
		}
		at.keep = func() {
			st.Strategy = settings.Interface().(clients.Strategy)
			if k := slices.IndexFunc(clients.Kinds, func(k clients.Kind) bool { return k.Name == st.Use }); k >= 0 {
				st.Settings = differences(settings, clients.Kinds[k].Defaults)
			}
		}
		all = append(all, at)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("no strategy is played that could have the setting")
	}
	return all, nil
}

// find goes on from v, which path led to, by the keys below it.
func find(v reflect.Value, path string, below []string) (spot, error) {
	if len(below) == 0 {
		return spot{}, fmt.Errorf("%s is %s, not a number%s", path, describe(v.Type()), choice(keysOf(v)))
	}
	key, rest := below[0], below[1:]
	switch at := v.Addr().Interface().(type) {
	case *[]faults.Fault:
		i, err := pick(*at, path, key)
		if err != nil {
			return spot{}, err
		}
		return find(v.Index(i), path+"."+key, rest)
	case *faults.Fault:
		if at.Toxic != nil {
			return find(reflect.ValueOf(at.Toxic).Elem(), path, below)
		}
	case *faults.Toxic:
		if kind, _ := at.Kind(); key == "attributes" || slices.ContainsFunc(kind.Attributes, func(a faults.Attribute) bool { return a.Name == key }) {
			if key == "attributes" {
				path, below = path+".attributes", rest
			}
			return attribute(at, kind, path, below)
		}
	}
	if v.Kind() != reflect.Struct || unitOf(v.Type()) != "" {
		return spot{}, fmt.Errorf("%s is %s: %q leads nowhere from there", path, describe(v.Type()), key)
	}
	at, err := member(v, path, key, rest)
	if zero := beside(v.Addr().Interface(), key); zero != "" {
		at.zero = zero
	}
	return at, err
}

// beside says what 0 does where that depends on the settings beside it.
func beside(owner any, key string) string {
	f, ok := owner.(*faults.Fault)
	if ok && key == "delay" && (f.Effect == faults.Stall || f.Effect == faults.BlackHole) {
		return "is for ever"
	}
	return ""
}

// member goes on to a field of the struct v.
func member(v reflect.Value, path, key string, rest []string) (spot, error) {
	all := fields(v.Type())
	i := slices.IndexFunc(all, func(f field) bool { return f.key == key })
	if i < 0 {
		return spot{}, fmt.Errorf("%s has no %q%s", path, key, suggestion(key, keysOf(v)))
	}
	f, at := all[i], v.FieldByIndex(all[i].index)
	if len(rest) == 0 && unitOf(f.typ) != "" {
		return spot{field: f, v: at}, nil
	}
	return find(at, path+"."+key, rest)
}

// attribute finds an attribute of a toxic, given or not.
func attribute(t *faults.Toxic, kind faults.ToxicKind, path string, below []string) (spot, error) {
	var names []string
	for _, a := range kind.Attributes {
		names = append(names, a.Name)
	}
	if len(below) != 1 {
		return spot{}, fmt.Errorf("%s is a mapping of numbers%s", path, choice(names))
	}
	i := slices.Index(names, below[0])
	if i < 0 {
		return spot{}, fmt.Errorf("%s has no %q%s", path, below[0], suggestion(below[0], names))
	}
	a, v := kind.Attributes[i], reflect.New(reflect.TypeFor[int64]()).Elem()
	v.SetInt(t.Attributes[a.Name])
	f := field{key: a.Name, min: strconv.FormatInt(a.Min, 10), typ: v.Type(), doc: a.Unit}
	if t.Type == "timeout" {
		f.zero = "never closes"
	}
	return spot{f, v, func() { t.Attributes[a.Name] = v.Int() }}, nil
}
