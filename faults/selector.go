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
	Commands    []string     `yaml:"commands" doc:"command ids (client-number, as in 0-17)"`
	Methods     []string     `yaml:"methods" doc:"request methods"`
	Attempts    []int        `yaml:"attempts" min:"1" doc:"attempts of a command by number, 1 is the first"`
	Connections []int        `yaml:"connections" min:"1" doc:"connections by number, in the order accepted"`
	Exchanges   []int        `yaml:"exchanges" min:"1" doc:"requests by their number on their connection"`
	First       int          `yaml:"first" min:"0" doc:"the first n events that the other conditions select, then heal; 0 is no limit" zero:"is no limit"`
	Probability *Probability `yaml:"probability" doc:"seeded chance per command and attempt (where no command is known per connection, at packet per packet)"`

	Window `yaml:",inline"`
}

// An Event is one arrival at a point.
type Event struct {
	Command    string        // the command's id; empty when none is known
	Method     string        // the request's method; empty when none is known
	Attempt    int           // which exchange of this command this is, from 1; 0 when none is known
	Connection int           // number of the connection at this side, from 1
	Exchange   int           // the request's number on its connection, from 1; 0 when none is known
	At         time.Duration // since the trial's start

	// At the point packet, else zero.
	Stream   Stream    // the packet's direction
	Segments []Segment // the kinds of TCP segment that it is
	Packet   int       // its number in its direction of its connection, from 1; pure acknowledgements are numbered apart
}

// fits judges every condition but First and Probability, which need a [Plan].
func (s *Selector) fits(e Event) bool {
	return s.Active(e.At) &&
		(len(s.Commands) == 0 || slices.Contains(s.Commands, e.Command)) &&
		(len(s.Methods) == 0 || slices.Contains(s.Methods, e.Method)) &&
		(len(s.Attempts) == 0 || slices.Contains(s.Attempts, e.Attempt)) &&
		(len(s.Connections) == 0 || slices.Contains(s.Connections, e.Connection)) &&
		(len(s.Exchanges) == 0 || slices.Contains(s.Exchanges, e.Exchange))
}

// commandID is how a command's id is written: client-number.
var commandID = regexp.MustCompile(`^(0|[1-9][0-9]{0,9})-(0|[1-9][0-9]{0,9})$`)

// windowed reports whether only the window narrows the selection.
func (s *Selector) windowed() bool {
	return len(s.Commands)+len(s.Methods)+len(s.Attempts)+len(s.Connections)+len(s.Exchanges)+s.First == 0 && s.Probability == nil
}
