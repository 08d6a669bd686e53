package device

import (
	"bytes"
	"encoding/json"
	"io"
	"strconv"
	"sync"
	"time"

	"rstorm/faults"
)

// A note is a line that a device which runs as a process of its own writes to
// the process above it, as JSON. One field is set.
type note struct {
	Serving  string     `json:"serving,omitempty"` // the address, once it can be used
	Opened   *state     `json:"opened,omitempty"`
	Received *arrival   `json:"received,omitempty"`
	Struck   *int       `json:"struck,omitempty"` // index of a fault of which one of its First is spent
	Executed *execution `json:"executed,omitempty"`
	Ended    *state     `json:"ended,omitempty"`
	Dying    *death     `json:"dying,omitempty"`  // the last one of a process that ends by a fault
	Failed   string     `json:"failed,omitempty"` // what the device could not carry out
	Heard    bool       `json:"heard,omitempty"`  // the answer to a question
}

// An arrival is a request that the device has read so far that it knows its id.
type arrival struct {
	Connection int    `json:"connection"`
	Command    quoted `json:"command"`
	Answered   int    `json:"answered"` // exchanges on the connection until then
}

// A death is a fault that ends the process.
type death struct {
	Fault Ending        `json:"fault"`
	Down  time.Duration `json:"down_ns"` // how long it stays dead
}

// state is a connection's record, and execution a line of the ledger, with the
// command's id as it was received.
type (
	state struct {
		Connection
		Command quoted `json:"command"`
	}
	execution struct {
		Execution
		Command quoted `json:"command"`
	}
)

// quoted is a text of any bytes; JSON would replace those that are no UTF-8.
type quoted string

// MarshalText writes q as a Go literal of ASCII letters.
func (q quoted) MarshalText() ([]byte, error) { return strconv.AppendQuoteToASCII(nil, string(q)), nil }

// UnmarshalText reads it.
func (q *quoted) UnmarshalText(text []byte) error {
	s, err := strconv.Unquote(string(text))
	*q = quoted(s)
	return err
}

// A reporter writes notes, each before what it says can be seen from outside:
// what a client knows the process above knows too, however this one dies. A nil
// reporter, of a device within its caller's process, says nothing.
type reporter struct {
	mu     sync.Mutex
	out    io.Writer
	failed error // the first failure to write
}

func (r *reporter) opened(c Connection) {
	if r != nil {
		r.tell(note{Opened: &state{c, quoted(c.Command)}})
	}
}

func (r *reporter) received(c *connection, command string) {
	if r != nil {
		r.tell(note{Received: &arrival{c.number, quoted(command), int(c.answered.Load())}})
	}
}

func (r *reporter) executed(e Execution) {
	if r != nil {
		r.tell(note{Executed: &execution{e, quoted(e.Command)}})
	}
}

func (r *reporter) ended(c Connection) {
	if r != nil {
		r.tell(note{Ended: &state{c, quoted(c.Command)}})
	}
}

// struck tells of those strikes that First counts.
func (r *reporter) struck(strikes []faults.Strike) {
	if r == nil {
		return
	}
	for _, s := range strikes {
		if s.First > 0 {
			r.tell(note{Struck: &s.Index})
		}
	}
}

func (r *reporter) tell(notes ...note) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.write(notes)
}

// last tells and then calls end, which ends the process. Nobody else tells
// anything from here on, and so nothing else comes to be seen.
func (r *reporter) last(end func(), notes ...note) {
	r.mu.Lock() // for good
	r.write(notes)
	end()
}

// write is one write(2).
func (r *reporter) write(notes []note) {
	var lines bytes.Buffer
	to := json.NewEncoder(&lines)
	for _, n := range notes {
		_ = to.Encode(n) // numbers, strings and an address: it can't fail
	}
	if _, err := r.out.Write(lines.Bytes()); err != nil && r.failed == nil {
		r.failed = err
	}
}
