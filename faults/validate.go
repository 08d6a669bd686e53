package faults

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// A FieldError is a fault in one field of a value; who read the value knows
// where the field stands.
type FieldError struct {
	Field   string   // the field's key; "attributes.rate" is a key within one; empty is the value itself
	Problem string   // what is wrong and what is wanted
	Value   string   // the name that is not known, when Names is set
	Names   []string // the names that are
}

// Error says what is wrong, without the place.
func (e *FieldError) Error() string { return e.Problem }

// Complete fills in what f leaves out, for side s: its effect's default point
// and a toxic's stream.
func (f *Fault) Complete(s Side) {
	if f.Toxic != nil {
		if f.Toxic.Stream == "" {
			f.Toxic.Stream = Downstream
		}
		return
	}
	if f.Point == "" {
		if points := f.Effect.kind().On(s); len(points) > 0 {
			f.Point = points[0]
		}
	}
}

func (e Effect) kind() Kind {
	i := slices.IndexFunc(Effects, func(k Kind) bool { return k.Effect == e })
	if i < 0 {
		return Kind{}
	}
	return Effects[i]
}

// Validate reports everything that is wrong with f on side s; each error is a
// *FieldError. Call it after [Fault.Complete].
func (f *Fault) Validate(s Side) []error {
	if f.Toxic != nil {
		if s != Link {
			return []error{&FieldError{Field: "toxic", Problem: "a toxic works on the link, not in the device"}}
		}
		return f.Toxic.Validate()
	}
	var errs []error
	bad := func(wrong bool, field, format string, args ...any) {
		if wrong {
			errs = append(errs, &FieldError{Field: field, Problem: fmt.Sprintf(format, args...)})
		}
	}
	points := f.Effect.kind().On(s)
	switch {
	case f.Effect == "":
		bad(true, "", "a fault needs an effect or a toxic")
		return errs
	case points == nil:
		bad(true, "effect", "effect %s can't be had at the %s", f.Effect, s)
		return errs
	}
	bad(!slices.Contains(points, f.Point), "point", "effect %s of the %s can't strike at point %s; it can at %s", f.Effect, s, f.Point, list(points))
	bad(f.Bytes != 0 && f.Point != Response, "bytes", "bytes count at point response only")
	bad(f.Point == Idle && f.Delay.IsZero(), "point", "point idle needs a delay: the idle time that triggers it")
	bad(f.Effect == Hold && f.Delay.IsZero(), "effect", "effect delay needs a delay")
	bad(f.Announce && (f.Point != AfterResponse || !f.Effect.Ends()), "announce", "only an effect that ends the connection at after-response can be announced")
	bad(f.Announce && s == Link, "announce", "the device announces a close, the link does not")
	bad(f.Then != "" && f.Effect != HalfClose && f.Effect != Refuse, "then", "then goes with half-close and refuse")
	bad(f.Then != "" && f.Then != ThenClose && f.Then != ThenReset, "then", "then is close or reset")
	bad(f.Effect == Status && f.Code == 0, "effect", "effect status needs a code")
	bad(f.Effect != Status && f.Code != 0, "code", "code goes with effect status")
	bad(f.Effect == Refuse && !f.windowed(), "effect", "refuse works on the listener: select it by from, for and every only (effect reset at connect ends single connections)")
	bad(f.Effect == Refuse && !f.Delay.IsZero(), "delay", "refuse takes no delay: use from")
	bad(f.Effect == IgnoreClose && !f.Delay.IsZero(), "delay", "ignore-close takes no delay")
	return append(errs, f.Selector.validate(f.Point)...)
}

// shortest is the shortest window that can be played: a listener takes that
// long to close and open.
const shortest = time.Millisecond

func (s *Selector) validate(p Point) []error {
	var errs []error
	bad := func(wrong bool, field, problem string) {
		if wrong {
			errs = append(errs, &FieldError{Field: field, Problem: problem})
		}
	}
	byCommand := p != Connect
	bad(len(s.Commands) > 0 && !byCommand, "commands", "no command is known yet at point connect")
	bad(len(s.Methods) > 0 && !byCommand, "methods", "no method is known yet at point connect")
	bad(len(s.Attempts) > 0 && !byCommand, "attempts", "no attempt is known yet at point connect")
	bad(s.Every > 0 && s.For == 0, "every", "every needs for: how long the window stays open")
	bad(s.Every > 0 && s.For >= s.Every, "for", "the window is as long as its period: it never closes")
	bad(s.For > 0 && s.For < shortest, "for", fmt.Sprintf("for is %v, want at least %v", s.For, shortest))
	for _, id := range s.Commands {
		bad(!commandID.MatchString(id), "commands", fmt.Sprintf("%q is not a command id: write client-number, as in 0-17", id))
	}
	for _, m := range s.Methods {
		bad(m == "" || strings.ToUpper(m) != m, "methods", fmt.Sprintf("%q is not a method: methods are upper case, as in %s", m, http.MethodPut))
	}
	return errs
}

func list(points []Point) string {
	s := make([]string, len(points))
	for i, p := range points {
		s[i] = string(p)
	}
	return strings.Join(s, ", ")
}
