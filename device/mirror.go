package device

import (
	"maps"
	"sync"
	"time"
)

// A mirror is what the process above knows of a device, from its notes. Its
// zero value knows nothing.
type mirror struct {
	ended func(Connection) // told of every connection that has ended; may be nil

	mu       sync.Mutex
	ledger   []Execution
	records  []Connection   // by number - 1
	received map[string]int // times, by command
	struck   map[int]int    // of each fault's First, by its index
}

// note takes a note in.
func (m *mirror) note(n note) {
	m.mu.Lock()
	switch {
	case n.Opened != nil:
		m.records = append(m.records, n.Opened.record())
	case n.Received != nil:
		m.receive(n.Received)
	case n.Struck != nil:
		if m.struck == nil {
			m.struck = map[int]int{}
		}
		m.struck[*n.Struck]++
	case n.Executed != nil:
		e := n.Executed.Execution
		e.Command = string(n.Executed.Command)
		m.ledger = append(m.ledger, e)
	case n.Ended != nil:
		if c := m.at(n.Ended.Number); c != nil {
			*c = n.Ended.record()
		}
	}
	m.mu.Unlock()
	if n.Ended != nil && m.ended != nil {
		m.ended(n.Ended.record())
	}
}

// receive counts an arrival as the device does.
func (m *mirror) receive(a *arrival) {
	if c := m.at(a.Connection); c != nil {
		c.Command, c.Exchanges = string(a.Command), a.Answered
	}
	if a.Command == "" {
		return
	}
	if m.received == nil {
		m.received = map[string]int{}
	}
	m.received[string(a.Command)]++
}

// at is the record of a connection by its number; nil if it is not known.
func (m *mirror) at(number int) *Connection {
	if number < 1 || number > len(m.records) {
		return nil
	}
	return &m.records[number-1]
}

// record is the record that s brought.
func (s *state) record() Connection {
	c := s.Connection
	c.Command = string(s.Command)
	return c
}

// orphan ends the records of the connections that died, at now, with a process
// that could not say so any more.
func (m *mirror) orphan(now time.Duration) {
	m.mu.Lock()
	var died []Connection
	for i := range m.records {
		if c := &m.records[i]; c.Ended == "" {
			c.Closed, c.Ended, c.Unread = now, ProcessDied, -1
			died = append(died, *c)
		}
	}
	m.mu.Unlock()
	if m.ended != nil {
		for _, c := range died {
			m.ended(c)
		}
	}
}

// pass enters into o what a new process has to go on from.
func (m *mirror) pass(o *orders) {
	m.mu.Lock()
	defer m.mu.Unlock()
	o.Connections, o.Struck = len(m.records), maps.Clone(m.struck)
	for id, n := range m.received {
		o.Received = append(o.Received, tally{quoted(id), n})
	}
}
