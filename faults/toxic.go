package faults

import (
	"fmt"
	"maps"
	"slices"
)

// A Toxic is one of Toxiproxy's toxics, in its own words. Its fields are its
// keys in scenarios.yaml.
type Toxic struct {
	Type       string           `yaml:"toxic" doc:"the toxic's type"`
	Stream     Stream           `yaml:"stream" doc:"upstream (client to device) or downstream; default downstream"`
	Toxicity   Probability      `yaml:"toxicity" doc:"share of connections that get it; default 100%"`
	Attributes map[string]int64 `yaml:"attributes" doc:"the toxic's attributes, by Toxiproxy's names and in its units"`

	Window `yaml:",inline"`
}

// A Stream is a direction, in Toxiproxy's words.
type Stream string

// The streams.
const (
	Upstream   Stream = "upstream"   // client to device
	Downstream Stream = "downstream" // device to client
)

// Names lists both, for suggestions.
func (Stream) Names() []string { return []string{string(Upstream), string(Downstream)} }

// A ToxicKind is a line of [Toxics].
type ToxicKind struct {
	Type       string
	Doc        string
	Attributes []Attribute
}

// An Attribute is one setting of a toxic: a whole number of Unit.
type Attribute struct {
	Name, Unit string
	Min        int64
	Required   bool
}

// Toxics lists every toxic of Toxiproxy 2.12, with the bounds below which it
// hangs, panics or does nothing. A test of package link holds it against
// Toxiproxy's own registry.
var Toxics = []ToxicKind{
	{"latency", "delay every chunk by latency +- jitter; FIN and RST are delayed alike", []Attribute{{"latency", "ms", 0, true}, {"jitter", "ms", 0, false}}},
	{"bandwidth", "limit the rate", []Attribute{{"rate", "kB/s", 1, true}}},
	{"slow_close", "delay the FIN", []Attribute{{"delay", "ms", 0, true}}},
	{"timeout", "drop all data, close after timeout; 0 never closes", []Attribute{{"timeout", "ms", 0, true}}},
	{"reset_peer", "reset both legs after the first data and timeout", []Attribute{{"timeout", "ms", 0, false}}},
	{"slicer", "cut the data into small segments with a delay between them", []Attribute{{"average_size", "bytes", 1, true}, {"size_variation", "bytes", 0, false}, {"delay", "us", 0, false}}},
	{"limit_data", "close after so many bytes", []Attribute{{"bytes", "bytes", 1, true}}},
}

// toxicNames lists the types of [Toxics].
func toxicNames() []string { return names(Toxics, func(k ToxicKind) string { return k.Type }) }

// Kind returns the line of [Toxics] that t names.
func (t *Toxic) Kind() (ToxicKind, bool) {
	i := slices.IndexFunc(Toxics, func(k ToxicKind) bool { return k.Type == t.Type })
	if i < 0 {
		return ToxicKind{}, false
	}
	return Toxics[i], true
}

// maxAttribute bounds every attribute: milliseconds of it are a day.
const maxAttribute = 86_400_000

// Validate reports what is wrong with t; each error is a *FieldError. Toxiproxy
// itself accepts all of it and then hangs, panics or does nothing.
func (t *Toxic) Validate() []error {
	kind, ok := t.Kind()
	if !ok {
		return []error{&FieldError{Field: "toxic", Value: t.Type, Names: toxicNames(), Problem: fmt.Sprintf("unknown toxic %q", t.Type)}}
	}
	var errs []error
	bad := func(field, format string, args ...any) {
		errs = append(errs, &FieldError{Field: field, Problem: fmt.Sprintf(format, args...)})
	}
	known := make([]string, len(kind.Attributes))
	for i, a := range kind.Attributes {
		known[i] = a.Name
		v, given := t.Attributes[a.Name]
		switch {
		case !given && a.Required:
			bad("attributes", "toxic %s needs the attribute %s (%s)", t.Type, a.Name, a.Unit)
		case given && (v < a.Min || v > maxAttribute):
			bad("attributes."+a.Name, "%s is %d, want %d to %d (%s)", a.Name, v, a.Min, maxAttribute, a.Unit)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(t.Attributes)) {
		if !slices.Contains(known, name) {
			errs = append(errs, &FieldError{Field: "attributes." + name, Value: name, Names: known, Problem: fmt.Sprintf("toxic %s has no attribute %q", t.Type, name)})
		}
	}
	if t.Type == "latency" && t.Attributes["jitter"] > t.Attributes["latency"] {
		bad("attributes.jitter", "jitter is larger than latency")
	}
	if t.Type == "slicer" && t.Attributes["size_variation"] >= max(1, t.Attributes["average_size"]) {
		bad("attributes.size_variation", "size_variation is not below average_size")
	}
	return append(errs, t.Window.validate()...)
}
