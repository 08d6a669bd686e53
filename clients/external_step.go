package clients

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"rstorm/clients/adapter"
	"rstorm/results"
)

// A step is a command and the pause after it.
type step struct {
	id      results.CommandID
	command adapter.Command
	gap     time.Duration
	bytes   int // that the command takes of a line
}

// What each command takes of a line beside its own bytes, at most.
const (
	gapField = 32 // ,"gap_us":... and a comma
	atField  = 14 // its place in at_us, and two commas
)

// newStep makes a command what an adapter is told of it.
func newStep(cmd results.Command, seq int) (*step, error) {
	if !utf8.Valid(cmd.Body) || !utf8.ValidString(cmd.Target) {
		return nil, fmt.Errorf("command %v is not UTF-8, which a client of another process needs", cmd.ID)
	}
	s := &step{id: cmd.ID, command: adapter.Command{Seq: seq, Method: cmd.Method, Path: cmd.Target, Body: string(cmd.Body),
		Headers: map[string]string{results.IDHeader: cmd.ID.String()}}}
	if len(cmd.Body) > 0 {
		s.command.Headers["Content-Type"] = bodyType
	}
	var line bytes.Buffer
	to := json.NewEncoder(&line)
	to.SetEscapeHTML(false) // as it is sent
	if err := to.Encode(s.command); err != nil {
		return nil, fmt.Errorf("write command %v: %w", cmd.ID, err)
	}
	s.bytes = line.Len()
	return s, nil
}

// A longError says that an open loop does not fit into one run.
type longError struct{ fit, clients int }

func (e *longError) Error() string {
	return fmt.Sprintf("an open loop is told to a client in one message of 1 MiB, and this one is longer: "+
		"%d of its commands fit; let commands, or rate times duration, be %d at most, or more clients share it", e.fit, e.fit*e.clients)
}

// fits reports how many commands of an open loop are too many for one run; nil if
// none is. It is the sum of the run itself, with the longest ids, and with the
// longest commands first: a round may be shuffled.
func (d *Demand) fits() error {
	var sizes []int
	for _, cmd := range d.Round {
		s, err := newStep(cmd, d.Commands)
		if err != nil {
			return err
		}
		sizes = append(sizes, s.bytes)
	}
	slices.SortFunc(sizes, func(a, b int) int { return b - a })
	if len(sizes) == 0 {
		sizes = []int{shortest}
	}
	for n, bytes := 0, 0; n < d.Commands; n++ {
		if bytes += sizes[n%len(sizes)] + atField; bytes > lineRoom {
			return &longError{n, d.Clients}
		}
	}
	return nil
}
