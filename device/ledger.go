package device

import (
	"net/http"
	"slices"
	"sync"
	"time"
)

// An Execution is a line of the ledger: the device did what a request asked.
type Execution struct {
	Command    string        `json:"command"`    // id as received; empty if the request had none
	Method     string        `json:"method"`     // of the request
	At         time.Duration `json:"at_ns"`      // moment of execution, since the epoch
	Connection int           `json:"connection"` // number of the connection, from 1
	Exchange   int           `json:"exchange"`   // the request's place on that connection, from 1
	Attempt    int           `json:"attempt"`    // which time the device received this id, from 1; 0 without an id
}

// ledger is the device's own record. Its zero value is ready.
type ledger struct {
	mu         sync.Mutex
	executions []Execution
	commands   map[string]*command // by id
	state      int                 // what the device controls: it counts the control commands
	reporter   *reporter           // told of every execution
}

// command is what the device knows of one id.
type command struct {
	received int
	executed int
	claimed  chan struct{} // closed when executed; nil until someone claimed the execution
	receipt  receipt       // of the last execution
}

// receipt is what an execution came to; it is the answer's body.
type receipt struct {
	Command  string `json:"command"`
	Method   string `json:"method"`
	State    int    `json:"state"`    // control commands executed until then
	Executed int    `json:"executed"` // times this command was executed until then
}

// Ledger returns what the device has executed so far, in order of time.
func (d *Device) Ledger() []Execution {
	d.ledger.mu.Lock()
	defer d.ledger.mu.Unlock()
	return slices.Clone(d.ledger.executions)
}

// receive notes the arrival of a request with this id and returns which
// arrival it is; 0 without an id.
func (l *ledger) receive(id string) (attempt int) {
	if id == "" {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	c := l.commands[id]
	if c == nil {
		c = new(command)
		if l.commands == nil {
			l.commands = map[string]*command{}
		}
		l.commands[id] = c
	}
	c.received++
	return c.received
}

// claim gives the caller the right to execute id, unless it was given away
// before: then it returns the command, whose claimed channel tells when its
// receipt can be read.
func (l *ledger) claim(id string) (taken *command) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := l.commands[id]
	if c.claimed != nil {
		return c
	}
	c.claimed = make(chan struct{})
	return nil
}

// look is what a request without an id would be told now, executing nothing.
func (l *ledger) look() receipt {
	l.mu.Lock()
	defer l.mu.Unlock()
	return receipt{Method: http.MethodGet, State: l.state}
}

// recall is the receipt of the command with this id, executing nothing. Where
// it was never executed the receipt says 0 times, and the state as it is now. A
// command that is still in its service time was not executed yet.
func (l *ledger) recall(id string) receipt {
	l.mu.Lock()
	defer l.mu.Unlock()
	if c := l.commands[id]; c != nil && c.executed > 0 {
		return c.receipt
	}
	return receipt{Command: id, State: l.state}
}

// execute enters e at the time that now gives; the lock makes the order of
// the ledger the order of time.
func (l *ledger) execute(e Execution, now func() time.Duration) receipt {
	l.mu.Lock()
	defer l.mu.Unlock()
	e.At = now()
	l.executions = append(l.executions, e)
	l.reporter.executed(e)
	if controls(e.Method) {
		l.state++
	}
	r := receipt{e.Command, e.Method, l.state, 1}
	if c := l.commands[e.Command]; c != nil {
		c.executed++
		r.Executed = c.executed
		c.receipt = r
		if c.claimed != nil { // the only execution there is
			close(c.claimed)
		}
	}
	return r
}
