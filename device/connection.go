package device

import (
	"bufio"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"

	"rstorm/faults"
	"rstorm/results"
)

// connection is one open connection. What its methods return as over says that
// it has ended, whoever ended it.
type connection struct {
	device *Device
	tcp    *net.TCPConn
	number int
	source *source
	in     *bufio.Reader // reads source
	out    []byte        // the answer being written; its space is used again
	last   faults.Event  // of the request before, which idle faults select by
	status int           // what fault status answers the current request with; 0 is none

	received  int // requests read
	answered  atomic.Int64
	discarded atomic.Int64
	ending    sync.Once
}

func newConnection(d *Device, tcp *net.TCPConn, number int) *connection {
	s := &source{tcp: tcp}
	return &connection{
		device: d,
		tcp:    tcp,
		number: number,
		source: s,
		in:     bufio.NewReaderSize(s, 2<<10),
		last:   faults.Event{Connection: number},
	}
}

// serve takes the connection from its first byte to its end.
func (c *connection) serve() {
	over := c.meet(faults.Connect, c.last)
	for !over {
		over = c.await() || c.next()
	}
}

// meet carries out what the plan has for e at point.
func (c *connection) meet(point faults.Point, e faults.Event) (over bool) {
	return c.suffer(c.strikes(point, e))
}

// strikes asks the plan, once for each event and point.
func (c *connection) strikes(point faults.Point, e faults.Event) []faults.Strike {
	if !c.device.plan.Has(point) {
		return nil
	}
	e.At = c.device.clock.now()
	return c.device.plan.At(point, e)
}

// A closing is how the device's side of a connection is closed.
type closing int

const (
	plainly  closing = iota // close(2): FIN, or RST if bytes lie unread
	inOrder                 // shutdown(2) first: FIN in any case
	abruptly                // SO_LINGER 0: RST
)

// end closes the connection and completes its record; the first call wins.
// What fails here fails because the connection is gone already.
func (c *connection) end(how closing, why Ending) {
	c.ending.Do(func() {
		switch how {
		case inOrder:
			_ = c.tcp.CloseWrite()
		case abruptly:
			_ = c.tcp.SetLinger(0)
		}
		left := unread(c.tcp)
		_ = c.tcp.Close()
		c.device.roster.leave(c, c.device.clock.now(), why, left)
	})
}

// lost ends the connection after an error in reading or writing.
func (c *connection) lost(err error) (over bool) {
	why := Unexplained
	switch {
	case errors.Is(err, io.EOF):
		why = ClientClosed
	case results.Classify(err) == results.Reset:
		why = ClientReset
	}
	c.end(plainly, why)
	return true
}

// count completes a record with what changes while the connection is open.
func (c *connection) count(r *Connection) {
	r.Exchanges, r.Discarded = int(c.answered.Load()), c.discarded.Load()
}
