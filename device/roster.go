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
	Number    int            // in the order accepted, from 1
	Client    netip.AddrPort // the other end
	Opened    time.Duration
	Closed    time.Duration // 0 while it is open
	Exchanges int           // requests answered whole
	Ended     Ending        // empty while it is open
	Unread    int           // bytes in the receive buffer when it was closed: more than 0 makes the kernel send a RST; -1 is unknown
	Discarded int64         // bytes that arrived after the end and were thrown away
}

// An Ending says how a connection ended, as far as the device knows. If a
// fault ended it, it is that fault's "effect at point".
type Ending string

// The endings without a fault.
const (
	ClientClosed    Ending = "client closed"    // FIN
	ClientReset     Ending = "client reset"     // RST
	CloseHonoured   Ending = "close honoured"   // the client had asked for it, or spoke HTTP/1.0
	RequestRejected Ending = "request rejected" // malformed or too large: answered, then closed
	ConnectionLimit Ending = "connection limit" // reset at once: as many are open as may be
	RateLimit       Ending = "rate limit"       // reset at once: too many new ones
	Shutdown        Ending = "shutdown"         // the device was switched off
	Unexplained     Ending = "unexplained"      // an error that says neither FIN nor RST
)

func byFault(f *faults.Fault) Ending { return Ending(f.Effect) + " at " + Ending(f.Point) }

// roster holds every connection: a record of each, and the open ones.
type roster struct {
	mu      sync.Mutex
	limits  limits
	records []Connection // by number - 1
	open    map[int]*connection
	closed  bool
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
	c = newConnection(d, tcp, len(r.records))
	turned = r.limits.turn(now, len(r.open))
	if r.closed {
		turned = Shutdown
	}
	if r.open == nil {
		r.open = map[int]*connection{}
	}
	r.open[c.number] = c
	return c, turned
}

// leave completes the record of c, which is closed.
func (r *roster) leave(c *connection, now time.Duration, why Ending, unread int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	rec := &r.records[c.number-1]
	rec.Closed, rec.Ended, rec.Unread = now, why, unread
	c.count(rec)
	delete(r.open, c.number)
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
