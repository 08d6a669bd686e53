package clients

import (
	"context"
	"io"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"

	"rstorm/results"
)

// A Dialer opens the connections of one client and watches them beneath its
// strategy, out of its reach: what a client hides from its caller shows here.
// It is safe for concurrent use.
type Dialer struct {
	dial                  func(ctx context.Context) (net.Conn, error)
	begun                 atomic.Bool
	dials, failed, resets atomic.Int64
}

// NewDialer watches the connections that dial opens.
func NewDialer(dial func(ctx context.Context) (net.Conn, error)) *Dialer {
	return &Dialer{dial: dial}
}

// Dial opens a connection. Its error is that of the function given to
// [NewDialer], untouched.
func (d *Dialer) Dial(ctx context.Context) (*Conn, error) {
	d.begun.Store(true)
	conn, err := d.dial(ctx)
	if err != nil {
		d.failed.Add(1)
		if results.Classify(err) == results.Reset {
			d.resets.Add(1) // it was made and reset before connect(2) returned
		}
		return nil, err
	}
	return &Conn{Conn: conn, number: int(d.dials.Add(1)), local: address(conn.LocalAddr()), dialer: d}, nil
}

// address reads the address of a TCP socket, also of one that stands for one;
// not valid if a is something else. IPv4 is never mapped into IPv6.
func address(a net.Addr) netip.AddrPort {
	tcp, ok := a.(interface{ AddrPort() netip.AddrPort })
	if !ok {
		return netip.AddrPort{}
	}
	known := tcp.AddrPort()
	return netip.AddrPortFrom(known.Addr().Unmap(), known.Port())
}

// Counts is what a [Dialer] has seen so far.
type Counts struct {
	Dials  int // connections made
	Failed int // dials that made none
	Resets int // connections, failed dials included, whose socket reported ECONNRESET, ECONNABORTED or EPIPE
}

// Counts reports what was seen so far. A reset that no Read or Write has come
// upon, nor Dial, is not known to the client's side and not counted.
func (d *Dialer) Counts() Counts {
	return Counts{Dials: int(d.dials.Load()), Failed: int(d.failed.Load()), Resets: int(d.resets.Load())}
}

// Used reports whether a connection was ever asked for: what a client did that
// dials by itself is not known here.
func (d *Dialer) Used() bool { return d.begun.Load() }

// A Conn is a connection that is watched: it counts what was sent and remembers
// how its socket said it ended. It has the methods of net.Conn only, so that no
// byte passes around Read and Write.
type Conn struct {
	net.Conn
	dialer    *Dialer
	number    int            // its place among the connections of its Dialer, from 1
	local     netip.AddrPort // the client's end; not valid if it is not known
	exchanges atomic.Int32   // begun on it
	sent      atomic.Int64   // bytes that the socket has taken

	mu    sync.Mutex
	reset bool  // Read or Write returned a reset errno
	first error // the first of a reset errno and, for the peer's FIN, io.EOF
}

// Read reads from the connection and takes note of how it ended.
func (c *Conn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if err != nil {
		c.note(err)
	}
	return n, err
}

// Write writes to the connection and takes note of how it ended.
func (c *Conn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.sent.Add(int64(n))
	if err != nil {
		c.note(err)
	}
	return n, err
}

func (c *Conn) note(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch results.Classify(err) {
	case results.Reset:
		if !c.reset {
			c.reset = true
			c.dialer.resets.Add(1)
		}
	case results.Closed:
		err = io.EOF
	default:
		return
	}
	if c.first == nil {
		c.first = err
	}
}

// ended is how the socket said that the connection ended: a reset or io.EOF,
// whichever came first, else nil. A client that goes on writing after a FIN is
// reset for that, and one that was reset is at its end from then on.
func (c *Conn) ended() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.first
}
