package device

import (
	"bufio"
	"errors"
	"io"
	"net"
	"slices"
	"sync"
	"sync/atomic"

	"rstorm/faults"
	"rstorm/kernel"
	"rstorm/results"
)

// connection is one open connection, as one exchange at a time sees it: over
// HTTP/2, where there are several at a time, each has a copy. What its methods
// return as over says that it has ended, whoever ended it; over HTTP/2, that
// the exchange has.
type connection struct {
	*life
	device *Device
	tcp    *net.TCPConn // the socket, which faults work on
	stream net.Conn     // what requests are read from and answers written to: tcp, or TLS over it
	number int
	source *source
	in     *bufio.Reader // reads source
	out    wire          // the answer being written; its space is used again
	last   faults.Event  // of the request before, which idle faults select by

	instead  *faults.Fault // what goes out in place of the current request's answer; nil is nothing
	received int           // requests read

	h2 *h2       // nil over HTTP/1.1
	on *h2stream // what this exchange is on; nil over HTTP/1.1, and between exchanges
}

// life is what all exchanges of a connection have in common.
type life struct {
	answered  atomic.Int64
	discarded atomic.Int64
	ending    sync.Once
	command   atomic.Pointer[string] // id of the last one received; nil before
	turned    Ending                 // the limit it is over, if its first request is to say so
	dark      atomic.Bool            // in a black hole: the client is not to see its end

	refusing sync.Mutex // guards what follows
	refused  []string   // ids of the commands whose streams were reset
}

func newConnection(d *Device, tcp *net.TCPConn, number int) *connection {
	s := &source{stream: tcp, exact: d.exact}
	return &connection{
		life:   new(life),
		device: d,
		tcp:    tcp,
		stream: tcp,
		number: number,
		source: s,
		in:     bufio.NewReaderSize(s, 2<<10),
		last:   faults.Event{Connection: number},
	}
}

// serve takes the connection from its first byte to its end.
func (c *connection) serve() {
	over := c.meet(faults.Connect, c.last) || c.secure()
	if !over && c.device.speaks.HTTP2() {
		c.serveHTTP2()
		return
	}
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
	strikes := c.device.plan.At(point, e)
	c.device.reporter.struck(strikes)
	return strikes
}

// A closing is how the device's side of a connection is closed.
type closing int

const (
	plainly  closing = iota // close(2): FIN, or RST if bytes lie unread
	cutOff                  // shutdown(2) first: FIN in any case
	inOrder                 // so too, behind TLS's close_notify
	abruptly                // SO_LINGER 0: RST
)

// end closes the connection and completes its record; the first call wins.
// What fails here fails because the connection is gone already.
func (c *connection) end(how closing, why Ending) {
	c.ending.Do(func() {
		if c.dark.Load() && kernel.Forget(c.tcp) == nil {
			how = plainly // in silence; without the privilege not even a black hole's end is
		}
		switch how {
		case cutOff:
			_ = c.tcp.CloseWrite()
		case inOrder:
			c.notify()
			_ = c.tcp.CloseWrite()
		case abruptly:
			_ = c.tcp.SetLinger(0)
		}
		left := unread(c.tcp)
		record := c.device.roster.leave(c, c.device.clock.now(), why, left)
		_ = c.tcp.Close() // behind the record, which the process above may have to know by
		if c.device.observe != nil {
			c.device.observe(record)
		}
	})
}

// lost ends the connection after an error in reading or writing.
func (c *connection) lost(err error) (over bool) {
	why := Unexplained
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF): // the latter within a TLS record
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
	if id := c.command.Load(); id != nil {
		r.Command = *id
	}
	c.refusing.Lock()
	defer c.refusing.Unlock()
	r.Refused = slices.Clone(c.refused)
}

// refuse notes that the stream of a command is about to be reset.
func (c *connection) refuse(command string) {
	c.refusing.Lock()
	defer c.refusing.Unlock()
	c.refused = append(c.refused, command)
}
