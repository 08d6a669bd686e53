package scenarios

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"rstorm/faults"
)

// pick finds the fault that a word or a number in a path means.
func pick(fs []faults.Fault, path, word string) (int, error) {
	if i, err := strconv.Atoi(word); err == nil && i >= 0 && i < len(fs) {
		return i, nil
	}
	var hits []int
	var there []string
	for i := range fs {
		names := []string{string(fs[i].Effect), string(fs[i].Point)}
		if fs[i].Toxic != nil {
			names = []string{fs[i].Toxic.Type}
		}
		if slices.Contains(names, word) {
			hits = append(hits, i)
		}
		there = append(there, fmt.Sprintf("%d (%s)", i, fs[i].String()))
	}
	switch {
	case len(fs) == 0:
		return 0, fmt.Errorf("%s is empty in this scenario: there is no fault %q", path, word)
	case len(hits) == 0:
		return 0, fmt.Errorf("%s has no fault %q%s", path, word, choice(there))
	case len(hits) > 1:
		return 0, fmt.Errorf("%s has several faults %q: say which by its number%s", path, word, choice(there))
	}
	return hits[0], nil
}

// keysOf lists what a path can go on with from v, as far as it leads to numbers.
func keysOf(v reflect.Value) []string {
	var keys []string
	switch at := v.Addr().Interface().(type) {
	case *[]faults.Fault:
		for i := range *at {
			keys = append(keys, fmt.Sprintf("%d (%s)", i, (*at)[i].String()))
		}
		return keys
	case *faults.Fault:
		if at.Toxic != nil {
			return keysOf(reflect.ValueOf(at.Toxic).Elem())
		}
	case *faults.Toxic:
		kind, _ := at.Kind()
		for _, a := range kind.Attributes {
			keys = append(keys, a.Name)
		}
	}
	if v.Kind() == reflect.Struct {
		for _, f := range fields(v.Type()) {
			if unitOf(f.typ) != "" || f.typ == reflect.TypeFor[[]faults.Fault]() {
				keys = append(keys, f.key)
			}
		}
	}
	return keys
}

func choice(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return ": there is " + strings.Join(names, ", ")
}
