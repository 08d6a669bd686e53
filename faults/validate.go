package faults

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
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

// findings collects what validation finds.
type findings []error

// add notes the problem with field, if there is one.
func (f *findings) add(wrong bool, field, format string, args ...any) {
	if wrong {
		*f = append(*f, &FieldError{Field: field, Problem: fmt.Sprintf(format, args...)})
	}
}

// Complete fills in what f leaves out, for side s: its effect's default point,
// a GOAWAY's last stream, an error code and a toxic's stream.
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
	switch f.Effect {
	case GoAway:
		if f.Last == "" {
			f.Last = At
		}
		if f.Error == "" {
			f.Error = NoError
		}
	case RSTStream:
		if f.Error == "" {
			f.Error = InternalError
		}
	}
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
	var errs findings
	points := f.Effect.kind().On(s)
	switch {
	case f.Effect == "":
		errs.add(true, "", "a fault needs an effect or a toxic")
		return errs
	case points == nil:
		errs.add(true, "effect", "effect %s can't be had at the %s", f.Effect, s)
		return errs
	}
	errs.add(!slices.Contains(points, f.Point), "point", "effect %s of the %s can't strike at point %s; it can at %s", f.Effect, s, f.Point, list(points))
	f.validateParameters(s, &errs)
	f.validateWords(&errs)
	return append(errs, f.Selector.validate(f.Point)...)
}

// validateParameters holds the numbers and times against effect and point.
func (f *Fault) validateParameters(s Side, errs *findings) {
	errs.add(f.Bytes != 0 && f.Point != Response && f.Point != Request, "bytes", "bytes count at the points request and response only")
	errs.add(f.Point == Idle && f.Delay.IsZero(), "point", "point idle needs a delay: the idle time that triggers it")
	errs.add(f.Effect == Hold && f.Delay.IsZero(), "effect", "effect delay needs a delay")
	errs.add(f.Effect == Dribble && f.Delay.IsZero(), "effect", "effect dribble needs a delay: the time between two bytes")
	errs.add(f.Announce && (f.Point != AfterResponse || !f.Effect.Ends()), "announce", "only an effect that ends the connection at after-response can be announced")
	errs.add(f.Announce && s == Link, "announce", "the device announces a close, the link does not")
	errs.add(f.atDoor() && !f.windowed(), "effect", "%s works on the listener: select it by from, for and every only (effect reset at connect ends single connections)", f.Effect)
	errs.add(f.atDoor() && !f.Delay.IsZero(), "delay", "%s takes no delay: use from", f.Effect)
	errs.add(f.atDoor() && f.Ramp != "", "ramp", "%s is all or nothing: it has no ramp", f.Effect)
	errs.add(f.Effect == IgnoreClose && !f.Delay.IsZero(), "delay", "ignore-close takes no delay")
	errs.add((f.Effect == Drop || f.Effect == Corrupt) && !f.Delay.IsZero(), "delay", "effect %s takes no delay", f.Effect)
	errs.add(!f.Down.IsZero() && f.Effect != Crash && f.Effect != Exit, "down", "down goes with crash and exit")
	errs.add(f.RetryAfter != 0 && f.Effect != Status, "retry_after", "retry_after goes with effect status")
	errs.add(f.Stream != "" && f.Point != Passage && f.Point != Packet, "stream", "stream counts at the points passage and packet only")
	errs.add(len(f.Segments) > 0 && f.Point != Packet, "segments", "segments count at the point packet only")
	switch f.Effect {
	case Status:
		errs.add(f.Code == 0, "effect", "effect status needs a code")
		errs.add(f.Code != 0 && f.Code < 200, "code", "code is %d, want 200 to 599", f.Code)
	case Alert:
		errs.add(f.Code < 1 || f.Code > 255, "effect", "effect alert needs a code of 1 to 255, as in 40 (handshake_failure)")
	default:
		errs.add(f.Code != 0, "code", "code goes with effect status and alert")
	}
}

// validateWords holds the words against the effect.
func (f *Fault) validateWords(errs *findings) {
	word(errs, "then", f.Then, f.Effect == HalfClose || f.Effect == Refuse || f.Effect == DropSYN, "half-close, refuse and drop-syn")
	errs.add(f.Effect == DropSYN && f.Then == ThenClose, "then", "drop-syn can go on with reset only")
	word(errs, "error", f.Error, f.Effect == GoAway || f.Effect == RSTStream, "goaway and rst-stream")
	word(errs, "last", f.Last, f.Effect == GoAway, "goaway")
	word(errs, "form", f.Form, f.Effect == Malform, "malform")
	errs.add(f.Effect == Malform && f.Form == "", "effect", "effect malform needs a form: %s", strings.Join(f.Form.Names(), ", "))
	word(errs, "stream", f.Stream, true, "")
	word(errs, "ramp", f.Ramp, true, "")
	for _, s := range f.Segments {
		word(errs, "segments", s, true, "")
	}
}

// word checks a word that may be left out: that it fits the effect and is known.
func word[T interface {
	~string
	Names() []string
}](errs *findings, field string, w T, fits bool, with string) {
	switch {
	case w == "":
	case !fits:
		errs.add(true, field, "%s goes with %s", field, with)
	case !slices.Contains(w.Names(), string(w)):
		*errs = append(*errs, &FieldError{Field: field, Value: string(w), Names: w.Names(), Problem: fmt.Sprintf("unknown %s %q", field, w)})
	}
}

// atDoor reports whether f strikes before a connection is made.
func (f *Fault) atDoor() bool { return f.Effect == Refuse || f.Effect == DropSYN }

func (s *Selector) validate(p Point) []error {
	var errs findings
	byCommand := p != Connect && p != Handshake && p != Passage && p != Packet
	errs.add(len(s.Commands) > 0 && !byCommand, "commands", "no command is known at point %s", p)
	errs.add(len(s.Methods) > 0 && !byCommand, "methods", "no method is known at point %s", p)
	errs.add(len(s.Attempts) > 0 && !byCommand, "attempts", "no attempt is known at point %s", p)
	errs.add(len(s.Exchanges) > 0 && !byCommand, "exchanges", "no request is known at point %s", p)
	for _, id := range s.Commands {
		errs.add(!commandID.MatchString(id), "commands", "%q is not a command id: write client-number, as in 0-17", id)
	}
	for _, m := range s.Methods {
		errs.add(m == "" || strings.ToUpper(m) != m, "methods", "%q is not a method: methods are upper case, as in %s", m, http.MethodPut)
	}
	return append(errs, s.Window.validate()...)
}

func list(points []Point) string { return strings.Join(words(points...), ", ") }
