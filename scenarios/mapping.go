package scenarios

import (
	"iter"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"
)

// pairs goes through the keys and values of a mapping. Keys that are not
// names, or there twice, are errors and left out.
func (d *decoder) pairs(n *yaml.Node) iter.Seq2[*yaml.Node, *yaml.Node] {
	return func(yield func(key, value *yaml.Node) bool) {
		seen := map[string]*yaml.Node{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			key, value := n.Content[i], n.Content[i+1]
			first := seen[key.Value]
			switch {
			case key.Tag == "!!merge":
				d.fail(key, "merge keys (<<) are not supported: repeat the keys, or use defaults")
			case key.Kind != yaml.ScalarNode || key.Value == "" || key.Style&yaml.TaggedStyle != 0:
				d.fail(key, "a key is a name, not %s", form(key))
			case first != nil:
				d.fail(key, "%q is here twice; the first stands in line %d", key.Value, first.Line)
			default:
				seen[key.Value] = key
				if !yield(key, value) {
					return
				}
			}
		}
	}
}

// mapping decodes n into structs that share its keys.
func (d *decoder) mapping(n *yaml.Node, structs ...reflect.Value) {
	type slot struct {
		field
		v reflect.Value
	}
	slots, keys := map[string]slot{}, []string(nil)
	for _, v := range structs {
		for _, f := range fields(v.Type()) {
			slots[f.key] = slot{f, v.FieldByIndex(f.index)}
			keys = append(keys, f.key)
		}
	}
	for key, value := range d.pairs(n) {
		if s, ok := slots[key.Value]; ok {
			d.value(value, s.v, s.field)
		} else {
			d.fail(key, "%s", unknown("key", key.Value, keys))
		}
	}
}

// target returns what stands at n, behind an alias as well.
func target(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// pair returns a key of n and its value, or nothing.
func pair(n *yaml.Node, name string) (key, value *yaml.Node) {
	if n = target(n); n.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == name {
				return n.Content[i], n.Content[i+1]
			}
		}
	}
	return nil, nil
}

// get returns the value of a key of n, or nil.
func get(n *yaml.Node, name string) *yaml.Node {
	_, value := pair(n, name)
	return value
}

// lookup returns the value that path leads to from n, as in attributes.rate,
// and its key; where the path ends early, how far it came.
func lookup(n *yaml.Node, path string) (key, value *yaml.Node) {
	key, value = n, n
	for name := range strings.SplitSeq(path, ".") {
		k, v := pair(value, name)
		if v == nil {
			break
		}
		key, value = k, v
	}
	return key, value
}

// place returns the value of a key of n, or n itself: where an error in it stands.
func place(n *yaml.Node, name string) *yaml.Node {
	_, value := lookup(n, name)
	return value
}
