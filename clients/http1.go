package clients

import (
	"context"
	"net"
	"time"

	"rstorm/results"
)

// An http1 speaks HTTP/1.1. Its memory is used again: an exchange on a kept
// connection without TLS allocates for the watch on its context and for the
// record only.
type http1 struct {
	opener    *opener
	conn      *Conn      // nil if there is none to use
	stream    net.Conn   // conn, or TLS over it
	unread    func() int // bytes that wait on conn
	interrupt func()     // ends waits on conn
	request   request
	answer    *answer
}

func newHTTP1(o *opener) *http1 { return &http1{opener: o, answer: newAnswer()} }

// Close closes with a close_notify, over TLS.
func (c *http1) Close() {
	if c.conn != nil {
		c.stream.Close() // its answer is in hand: nothing can fail that matters
		c.conn, c.stream = nil, nil
	}
}

// clear rejects a connection that holds bytes nobody asked for: the next answer
// could not be told from them. Over TLS these may as well be the peer's
// close_notify or a session ticket, so it does not ask there.
func (c *http1) clear() bool { return c.unread() == 0 }

func (c *http1) promised() promise { return c.answer.head.promise }

func (c *http1) dial(ctx context.Context, phase *results.Phase) (*Conn, error) {
	conn, stream, err := c.opener.open(ctx, phase)
	if err != nil {
		return conn, err
	}
	c.conn, c.stream = conn, stream
	c.unread = func() int { return 0 }
	if c.opener.settings.keeps() && c.opener.secure == nil {
		c.unread = unread(conn.Conn)
	}
	c.interrupt = func() { conn.SetDeadline(time.Unix(1, 0)) } // fails on a closed connection only
	c.answer.reset(stream)
	return conn, nil
}

// exchange keeps a connection only if the answer says that it may.
func (c *http1) exchange(ctx context.Context, m *call, phase *results.Phase) (status int, written, kept bool, err error) {
	sent := c.conn.sent.Load()
	disarm := context.AfterFunc(ctx, c.interrupt)
	status, err = c.converse(m, phase)
	written = c.conn.sent.Load() > sent
	// Once the interrupt has begun it may strike later: such a connection is
	// not kept either. Nor is a close_notify tried on it, which could wait.
	if !disarm() {
		c.conn.Close()
		c.conn, c.stream = nil, nil
	} else if err != nil || !c.opener.settings.keeps() || !c.answer.reusable() {
		c.Close()
	}
	return status, written, c.conn != nil, err
}

// converse writes m and reads its answer. A device may answer
// before it has read a request and close (413, say): our write then meets a
// reset while the answer waits to be read, so it is looked for before the
// reset is believed.
func (c *http1) converse(m *call, phase *results.Phase) (int, error) {
	*phase = results.PhaseSend
	c.request.build(m, c.opener.network.Host, &c.opener.settings, c.opener.param())
	lost := c.request.writeTo(c.stream, c.opener.settings.Segments)
	if lost == nil {
		*phase = results.PhaseWait
	} else if results.Classify(lost) != results.Reset {
		return 0, lost
	}
	c.answer.body.into = m.into
	err := c.answer.read(m.Method, c.request.id(), phase)
	if lost != nil {
		c.answer.spoil()
		if *phase == results.PhaseSend {
			return 0, lost
		}
	}
	return c.answer.head.status, err
}
