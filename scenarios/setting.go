package scenarios

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"rstorm/faults"
)

// A Setting is a number in a scenario that can be changed: the gap of its load,
// the delay of one of its faults, the attempts of its strategy. Its values are
// floats of its unit.
type Setting struct {
	Path string
	Unit Unit
	Now  string // the value that the scenario has, as it would be written; empty if it leaves it out
	Note string // what a change of it replaces or clears besides, in a sentence; empty if nothing
	Zero string // what 0 does where it is not the least amount, as in "is no limit"; empty where it is

	field
	of *Scenario
}

// A Unit is what the numbers of a setting count.
type Unit string

// The units.
const (
	Nanoseconds Unit = "ns"     // written with its unit of time, as in 2.7ms
	Whole       Unit = "count"  // a whole number
	Float       Unit = "number" // any number
	Share       Unit = "share"  // 0 to 1, written as a percentage
)

var (
	delay       = reflect.TypeFor[faults.Delay]()
	probability = reflect.TypeFor[faults.Probability]()
)

// unitOf is the unit of values of type t; empty if they are no numbers.
func unitOf(t reflect.Type) Unit {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch zero := reflect.Zero(t); {
	case t == duration, t == delay:
		return Nanoseconds
	case t == probability:
		return Share
	case zero.CanInt():
		return Whole
	case zero.CanFloat():
		return Float
	}
	return ""
}

// Setting finds a number by the keys that lead to it, joined by dots: load.gap,
// device.service_time, device.faults.0.delay. A fault is named by its place in
// the list, from 0, or by what no other of the list has: its effect or toxic, or
// its point (device.faults.after-response.delay, link.latency.latency). The keys
// behind strategy are those of the settings of every strategy of the scenario.
// The error names what comes nearest, or what there is.
func (s *Scenario) Setting(path string) (*Setting, error) {
	own := s.clone()
	spots, err := own.spots(path)
	if err != nil {
		return nil, err
	}
	first := spots[0]
	t := &Setting{Path: path, Unit: unitOf(first.typ), field: first.field, of: s, Note: s.besides(path), Zero: first.zero}
	if !first.v.IsZero() {
		t.Now = write(first.v)
	}
	if d, ok := first.v.Interface().(faults.Delay); ok && d != faults.After(d.Median()) {
		t.Note = fmt.Sprintf("%s is %v in the scenario: constants replace the distribution", path, d)
	}
	return t, nil
}

// besides says what else changes with a setting: what it excludes.
func (s *Scenario) besides(path string) string {
	l := &s.Load
	switch {
	case path == "load.gap" && l.Rate > 0:
		return fmt.Sprintf("load.gap takes the place of load.rate %v: the loop is closed", l.Rate)
	case path == "load.rate" && !l.Gap.IsZero():
		return fmt.Sprintf("load.rate takes the place of load.gap %v: the loop is open", l.Gap)
	case path == "load.commands" && l.Duration > 0:
		return fmt.Sprintf("load.commands takes the place of load.duration %v", l.Duration)
	case path == "load.duration" && l.Commands > 0:
		return fmt.Sprintf("load.duration takes the place of load.commands %d", l.Commands)
	}
	return ""
}

// Parse reads a value as it is written in a file, and holds it against the
// setting's bounds.
func (t *Setting) Parse(text string) (float64, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil || len(doc.Content) == 0 {
		return 0, fmt.Errorf("%s: want %s, not %q", t.Path, t.wants(), text)
	}
	v := reflect.New(t.typ).Elem()
	if err := t.decode(doc.Content[0], v); err != nil {
		return 0, err
	}
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if d, ok := v.Interface().(faults.Delay); ok {
		if d != faults.After(d.Median()) {
			return 0, fmt.Errorf("%s: want one time, as in 2.7ms, not the distribution %v", t.Path, d)
		}
		return float64(d.Median()), nil
	}
	return measure(v), nil
}

// wants says what is written for a value.
func (t *Setting) wants() string {
	switch t.Unit {
	case Nanoseconds:
		return "a time with its unit, as in 2.7ms"
	case Share:
		return "a share, as in 5%"
	}
	return describe(t.typ)
}

// decode reads n into v by the rules of a file.
func (t *Setting) decode(n *yaml.Node, v reflect.Value) error {
	d := newDecoder(source{})
	d.value(n, v, t.field)
	var errs []error
	for _, e := range d.errs {
		errs = append(errs, errors.New(strings.TrimSuffix(t.Path, t.key)+e.Problem))
	}
	return errors.Join(errs...)
}

// Text writes a value as a file would have it, with the figures that matter.
func (t *Setting) Text(value float64) string {
	switch t.Unit {
	case Nanoseconds:
		return strings.Replace(time.Duration(math.Round(value)).String(), "µ", "u", 1) // reports are ASCII
	case Whole:
		return strconv.FormatFloat(math.Round(value), 'f', -1, 64)
	case Share:
		return strconv.FormatFloat(100*value, 'g', figures, 64) + "%"
	}
	return strconv.FormatFloat(value, 'g', figures, 64)
}

// figures is how many figures of a number are written: a value computed from
// others has more, and they mean nothing.
const figures = 9

// With is a copy of the scenario in which the setting has the value. The error
// says why a file could not have it.
func (t *Setting) With(value float64) (*Scenario, error) {
	s := t.of.clone()
	spots, err := s.spots(t.Path)
	if err != nil {
		return nil, err
	}
	n := &yaml.Node{Kind: yaml.ScalarNode, Value: t.Text(value), Tag: map[Unit]string{Whole: "!!int", Float: "!!float"}[t.Unit]}
	for _, spot := range spots {
		if err := t.decode(n, spot.v); err != nil {
			return nil, err
		}
		if spot.keep != nil {
			spot.keep()
		}
	}
	s.exclude(t.Path)
	if err := errors.Join(s.invalid()...); err != nil {
		return nil, fmt.Errorf("%s %s: %w", t.Path, n.Value, err)
	}
	return s, nil
}
