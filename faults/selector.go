package faults

import (
	"regexp"
	"slices"
	"time"
)

// A Selector narrows a fault to some of the events at its point; its zero
// value selects all. Conditions are joined by and. There is no "every k-th":
// with alternating commands and a retrying client it locks onto one method.
type Selector struct {
	Commands    []string      `yaml:"commands" doc:"command ids (client-number, as in 0-17)"`
	Methods     []string      `yaml:"methods" doc:"request methods"`
	Attempts    []int         `yaml:"attempts" min:"1" doc:"attempts of a command by number, 1 is the first"`
	Connections []int         `yaml:"connections" min:"1" doc:"connections by number, in the order accepted"`
	First       int           `yaml:"first" min:"0" doc:"the first n events that the other conditions select, then heal; 0 is no limit"`
	Probability *Probability  `yaml:"probability" doc:"seeded chance per command and attempt (per connection where no command is known)"`
	From        time.Duration `yaml:"from" min:"0" max:"24h" doc:"start of the window, from the trial's start"`
	For         time.Duration `yaml:"for" min:"0" max:"24h" doc:"length of the window; 0 is to the end"`
	Every       time.Duration `yaml:"every" min:"0" max:"24h" doc:"period with which the window repeats; 0 is once"`
}

// An Event is one arrival at a point.
type Event struct {
	Command    string        // the command's id; empty when none is known
	Method     string        // the request's method; empty when none is known
	Attempt    int           // which exchange of this command this is, from 1; 0 when none is known
	Connection int           // number of the connection at this side, from 1
	At         time.Duration // since the trial's start
}

// Active reports whether the selector's window is open at t.
func (s *Selector) Active(t time.Duration) bool {
	t -= s.From
	if t < 0 {
		return false
	}
	if s.Every > 0 {
		t %= s.Every
	}
	return s.For == 0 || t < s.For
}

// NextChange returns the first moment after t at which the selector's window opens
// or shuts; ok is false if it stays as it is.
func (s *Selector) NextChange(t time.Duration) (change time.Duration, ok bool) {
	switch {
	case t < s.From:
		return s.From, true
	case s.For == 0:
		return 0, false
	}
	opened := s.From
	if s.Every > 0 {
		opened += (t - s.From) / s.Every * s.Every
	}
	switch {
	case t < opened+s.For:
		return opened + s.For, true
	case s.Every > 0:
		return opened + s.Every, true
	}
	return 0, false
}

// fits judges every condition but First and Probability, which need a [Plan].
func (s *Selector) fits(e Event) bool {
	return s.Active(e.At) &&
		(len(s.Commands) == 0 || slices.Contains(s.Commands, e.Command)) &&
		(len(s.Methods) == 0 || slices.Contains(s.Methods, e.Method)) &&
		(len(s.Attempts) == 0 || slices.Contains(s.Attempts, e.Attempt)) &&
		(len(s.Connections) == 0 || slices.Contains(s.Connections, e.Connection))
}

// commandID is how a command's id is written: client-number.
var commandID = regexp.MustCompile(`^(0|[1-9][0-9]{0,9})-(0|[1-9][0-9]{0,9})$`)

// windowed reports whether only the window narrows the selection.
func (s *Selector) windowed() bool {
	return len(s.Commands)+len(s.Methods)+len(s.Attempts)+len(s.Connections)+s.First == 0 && s.Probability == nil
}
