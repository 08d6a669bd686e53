package scenarios

import (
	"bytes"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// A Template is a command as often as it is sent; who sends it adds an id.
type Template struct {
	Name, Method string
	Target       string // request target in origin form (RFC 9112 section 3.2.1)
	Body         []byte // nil for none; shared, not to be changed
}

// String is the template's name.
func (t Template) String() string { return t.Name }

// BuiltIn returns the commands that need no definition: the field case's.
func BuiltIn() []Template {
	return []Template{
		{Name: "put ctrl", Method: http.MethodPut, Target: "/put/ctrl", Body: []byte(`{"power":"on","level":50}`)},
		{Name: "get state", Method: http.MethodGet, Target: "/query/state"},
	}
}

// define reads the file's own commands.
func (p *parser) define(commands []entry) {
	for _, c := range commands {
		name := c.key.Value
		if _, builtIn := p.commands[name]; builtIn {
			p.fail(c.key, "the command %q is built in: give yours another name", name)
			continue
		}
		var as layoutCommand
		if p.decode(c.value, &as, name) {
			p.checkCommand(c.value, &as)
		}
		t := Template{Name: name, Method: as.Method, Target: as.Target}
		if size := max(len(as.Body), as.Size); size > 0 {
			t.Body = bytes.Repeat([]byte(" "), size)
			copy(t.Body, as.Body)
		}
		p.commands[name] = t
	}
}

func (p *parser) checkCommand(n *yaml.Node, c *layoutCommand) {
	letters := strings.Trim(c.Method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
	if c.Method == "" || !letters || c.Method == http.MethodConnect {
		p.fail(place(n, "method"), "%q is not a method for a command: want one as in PUT", c.Method)
	}
	unfit := func(r rune) bool { return r <= ' ' || r > '~' || r == '#' }
	if !strings.HasPrefix(c.Target, "/") || strings.ContainsFunc(c.Target, unfit) {
		p.fail(place(n, "target"), "%q is not a target: want a path as in /put/ctrl, escaped, without a fragment", c.Target)
	}
}

// template resolves a name in a mix.
func (p *parser) template(n *yaml.Node, v reflect.Value) {
	t, ok := p.commands[n.Value]
	switch {
	case n.Kind != yaml.ScalarNode:
		p.fail(n, "mix: want names of commands, not %s", form(n))
	case !ok:
		p.fail(n, "%s", unknown("command", n.Value, slices.Sorted(maps.Keys(p.commands))))
	default:
		v.Set(reflect.ValueOf(t))
	}
}
