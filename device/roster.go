package device

import (
	"maps"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"rstorm/faults"
)

// A Connection is what the device itself knows of one connection. Times are
// since the epoch.
type Connection struct {
	Number    int            `json:"number"` // in the order accepted, from 1
	Client    netip.AddrPort `json:"client"` // the other end
	Opened    time.Duration  `json:"opened_ns"`
	Closed    time.Duration  `json:"closed_ns"` // 0 while it is open
	Exchanges int            `json:"exchanges"` // requests answered whole
	Command   string         `json:"command"`   // id of the last command received on it; empty if it had none
	Ended     Ending         `json:"ended"`     // empty while it is open
	Unread    int            `json:"unread"`    // bytes in the receive buffer when it was closed: more than 0 makes the kernel send a RST; -1 is unknown
	Discarded int64          `json:"discarded"` // bytes that arrived after the end and were thrown away

	Refused []string `json:"refused,omitempty"` // HTTP/2: ids of the commands whose streams a fault has reset (RST_STREAM), in order
}

// An Ending says how a connection ended, as far as the device knows. If a
// fault ended it, it is that fault's "effect at point".
type Ending string

// The endings without a fault.
const (
	ClientClosed    Ending = "client closed"    // FIN
	ClientReset     Ending = "client reset"     // RST
	CloseHonoured   Ending = "close honoured"   // the client had asked for it, or spoke HTTP/1.0
	RequestRejected Ending = "request rejected" // malformed or too large
	ConnectionLimit Ending = "connection limit" // turned away: as many are open as may be
	RateLimit       Ending = "rate limit"       // turned away: too many new ones
	Shutdown        Ending = "shutdown"         // the device was switched off
	Unexplained     Ending = "unexplained"      // an error that says neither FIN nor RST
	ProcessDied     Ending = "process died"     // the device's process ended, and not by a fault
)

func byFault(f *faults.Fault) Ending { return Ending(f.Effect) + " at " + Ending(f.Point) }

// roster holds every connection: a record of each, and the open ones.
type roster struct {
	mu      sync.Mutex
	limits  limits
	records []Connection // by number - 1
	open    map[int]*connection
	closed  bool
	held    int           // slots taken: of the open ones, those that no limit turned away
	changed chan struct{} // told when the last slot may have been taken or the first given back; nil if nobody listens

	reporter *reporter // told of every connection
}

// Connections returns what the device knows of each connection so far, in the
// order accepted.
func (d *Device) Connections() []Connection {
	d.roster.mu.Lock()
	defer d.roster.mu.Unlock()
	all := slices.Clone(d.roster.records)
	for n, c := range d.roster.open {
		c.count(&all[n-1])
	}
	return all
}

// enter gives a new connection its number and says why it is turned away, if
// it is. Who calls must serve it or end it.
func (r *roster) enter(d *Device, tcp *net.TCPConn) (c *connection, turned Ending) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := d.clock.now()
	client := tcp.RemoteAddr().(*net.TCPAddr).AddrPort()
	r.records = append(r.records, Connection{
		Number: len(r.records) + 1,
		Client: netip.AddrPortFrom(client.Addr().Unmap(), client.Port()),
		Opened: now,
		Unread: -1,
	})
	r.reporter.opened(r.records[len(r.records)-1])
	c = newConnection(d, tcp, len(r.records))
	turned = r.limits.turn(now, r.held)
	switch {
	case r.closed:
		turned = Shutdown
	case turned == ConnectionLimit && d.whenFull() != open:
		turned = "" // the door judges; whom it lets in is in
	}
	if c.turned = turned; turned == "" {
		r.held++
	}
	if r.open == nil {
		r.open = map[int]*connection{}
	}
	r.open[c.number] = c
	return c, turned
}

// leave completes and returns the record of c, which is about to be closed.
func (r *roster) leave(c *connection, now time.Duration, why Ending, unread int) Connection {
	r.mu.Lock()
	defer r.mu.Unlock()
	rec := &r.records[c.number-1]
	rec.Closed, rec.Ended, rec.Unread = now, why, unread
	c.count(rec)
	r.reporter.ended(*rec)
	delete(r.open, c.number)
	if c.turned == "" {
		r.held--
		r.tell()
	}
	return *rec
}

// full reports whether every slot is taken.
func (r *roster) full() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.limits.most > 0 && r.held >= r.limits.most
}

// tell wakes who turns the door.
func (r *roster) tell() {
	select {
	case r.changed <- struct{}{}:
	default:
	}
}

// all lists the open connections.
func (r *roster) all() []*connection {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Collect(maps.Values(r.open))
}

// close lets nobody in any more and lists the open connections.
func (r *roster) close() []*connection {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	return r.all()
}
