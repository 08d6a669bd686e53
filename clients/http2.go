package clients

import (
	"context"
	"net"
	"net/http"
	"time"

	"rstorm/results"
)

// An http2 speaks HTTP/2 by the standard library, but for its connections: it
// has one at a time, dialled by us, on which net/http sends nothing again
// (http.ClientConn). A connection carries one stream at a time, so that all that
// is seen on it belongs to one command, and is kept while it lives, also when a
// stream on it failed or timed out. A GOAWAY is obeyed as an announced close;
// that a connection has ended is looked for before it is used by clients that
// look, and net/http, which reads all the time, is who knows. It holds on to
// the memory of a connection, some 20 kB, until 5 s after it was made.
type http2 struct {
	opener    *opener
	transport *http.Transport // makes the client connections; keeps none
	conn      *Conn           // nil if there is none to use
	frames    *frames
	client    *http.ClientConn // nil until the first exchange on conn
	interrupt func()           // ends waits on conn
	reader    reader
}

func newHTTP2(o *opener) *http2 {
	c := &http2{opener: o}
	// TLS, if any, is under the frames already: to the transport this is
	// cleartext with prior knowledge.
	c.transport = &http.Transport{
		DialContext:            func(context.Context, string, string) (net.Conn, error) { return c.frames, nil },
		Protocols:              new(http.Protocols),
		DisableCompression:     true,
		MaxResponseHeaderBytes: maxHead,
	}
	c.transport.Protocols.SetUnencryptedHTTP2(true)
	return c
}

// Close closes with a close_notify, over TLS. It interrupts what is left of an
// exchange that was given up.
func (c *http2) Close() {
	if c.conn == nil {
		return
	}
	if c.client != nil {
		c.client.Close() // its answer is in hand: nothing can fail that matters
	} else {
		c.frames.Close()
	}
	c.conn, c.frames, c.client = nil, nil, nil
}

// clear rejects a connection that the peer announced to end, and, if the client
// looks, one that has ended.
func (c *http2) clear() bool {
	return !c.frames.leaving() && (c.client == nil || !c.opener.settings.looks() || c.client.Err() == nil)
}

// promised is nothing: HTTP/2 has no such field (RFC 9113 section 8.2.2).
func (c *http2) promised() promise { return promise{} }

func (c *http2) dial(ctx context.Context, phase *results.Phase) (*Conn, error) {
	conn, stream, err := c.opener.open(ctx, phase)
	if err != nil {
		return conn, err
	}
	c.conn, c.frames = conn, watchFrames(stream)
	c.interrupt = func() { conn.SetDeadline(time.Unix(1, 0)) } // fails on a closed connection only
	return conn, nil
}

// exchange keeps a connection that is not known to have ended.
func (c *http2) exchange(ctx context.Context, m *call, phase *results.Phase) (status int, written, kept bool, err error) {
	c.reader.cut = true
	reuse := c.opener.settings.keeps()
	status, struck, err := c.converse(ctx, m, phase)
	written = c.frames.opened()
	if err != nil && c.reader.cut && ctx.Err() == nil {
		err = reason(err, *phase, c.frames, c.conn)
	}
	if ctx.Err() != nil && (struck || !reuse) {
		c.conn.Close() // a close_notify could wait
	}
	if struck || !reuse || c.client == nil || err != nil && c.client.Err() != nil {
		c.Close()
	}
	return status, written, c.conn != nil, err
}

// converse sends m and reads its answer. A context that ends before the
// answer cancels the stream, as net/http does; one that ends within it strikes
// the connection, because reading a body may have to write as well.
func (c *http2) converse(ctx context.Context, m *call, phase *results.Phase) (status int, struck bool, err error) {
	*phase = results.PhaseSend
	c.frames.begin()
	if c.client == nil {
		if c.client, err = c.transport.NewClientConn(ctx, "http", "device:80"); err != nil {
			return 0, false, err
		}
	}
	req, err := newRequest(ctx, c.opener.network, m, c.opener.settings.Unique, c.opener.param())
	if err != nil {
		return 0, false, err
	}
	resp, err := c.client.RoundTrip(req)
	if err != nil {
		*phase = c.frames.phase()
		return 0, false, err
	}
	disarm := context.AfterFunc(ctx, c.interrupt)
	err = c.reader.read(resp, m, (*progress)(phase))
	resp.Body.Close()
	return resp.StatusCode, !disarm() || ctx.Err() != nil, err
}

// A progress is the phase of an exchange.
type progress results.Phase

func (p *progress) reached(phase results.Phase) { *p = progress(phase) }
