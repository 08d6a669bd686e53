package faults

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// String says in a line what f does, where and to whom.
func (f *Fault) String() string {
	if f.Toxic != nil {
		return f.Toxic.String()
	}
	text := fmt.Sprintf("%s at %s", f.Effect, f.Point)
	for _, word := range []string{string(f.Form), string(f.Error), string(f.Stream)} {
		if word != "" {
			text += " " + word
		}
	}
	if len(f.Segments) > 0 {
		text += " " + strings.Join(words(f.Segments...), ", ")
	}
	if f.Last != "" {
		text += ", last stream " + string(f.Last)
	}
	if f.Code != 0 {
		text += fmt.Sprintf(" %d", f.Code)
	}
	if f.Bytes > 0 {
		text += fmt.Sprintf(", %d bytes in", f.Bytes)
	}
	if !f.Delay.IsZero() {
		text += ", " + f.Delay.String()
	}
	if f.Then != "" {
		text += ", then " + string(f.Then)
	}
	if !f.Down.IsZero() {
		text += ", down for " + f.Down.String()
	}
	if f.RetryAfter > 0 {
		text += fmt.Sprintf(", Retry-After %d", f.RetryAfter)
	}
	if f.Announce {
		text += ", announced"
	}
	return text + f.Selector.String()
}

// String says in a line what is selected; empty if everything is.
func (s *Selector) String() string {
	var parts []string
	say := func(set bool, format string, args ...any) {
		if set {
			parts = append(parts, fmt.Sprintf(format, args...))
		}
	}
	say(len(s.Commands) > 0, "commands %s", strings.Join(s.Commands, ", "))
	say(len(s.Methods) > 0, "%s", strings.Join(s.Methods, ", "))
	say(len(s.Attempts) > 0, "attempt %v", numbers(s.Attempts))
	say(len(s.Connections) > 0, "connection %v", numbers(s.Connections))
	say(len(s.Exchanges) > 0, "request %v of a connection", numbers(s.Exchanges))
	say(s.First > 0, "the first %d", s.First)
	if s.Probability != nil {
		parts = append(parts, s.Probability.String())
	}
	if w := s.Window.String(); w != "" {
		parts = append(parts, w)
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, "; ") + ")"
}

// String says when the window is open; empty if it always is.
func (w *Window) String() string {
	var parts []string
	if w.From > 0 {
		parts = append(parts, "from "+w.From.String())
	}
	if w.For > 0 {
		parts = append(parts, "for "+w.For.String())
	}
	if w.Every > 0 {
		parts = append(parts, "every "+w.Every.String())
	}
	if w.Ramp != "" {
		parts = append(parts, "ramp "+string(w.Ramp))
	}
	return strings.Join(parts, " ")
}

// String says in a line what t does.
func (t *Toxic) String() string {
	text := fmt.Sprintf("toxic %s %s", t.Type, t.Stream)
	for _, name := range slices.Sorted(maps.Keys(t.Attributes)) {
		text += fmt.Sprintf(" %s=%d", name, t.Attributes[name])
	}
	if t.Toxicity != 1 {
		text += " (" + t.Toxicity.String() + ")"
	}
	if w := t.Window.String(); w != "" {
		text += " " + w
	}
	return text
}

func numbers(all []int) string { return strings.Trim(fmt.Sprint(all), "[]") }
