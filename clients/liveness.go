package clients

import (
	"context"
	"errors"
	"net"
	"os"
	"syscall"
	"time"
)

// newGuard makes the guard of conn that l wants. A connection that is no socket
// can't be asked: its guard notices nothing, and settle waits its time. What a
// guard learns of the connection's end it notes on conn, as reading would.
//
// Bytes that wait while nothing was asked make a connection unusable, secure or
// not: the next answer could not be told from them. Over TLS they may be the
// peer's close_notify, and nobody can tell without reading them.
func newGuard(l Liveness, settle time.Duration, conn *Conn) guard {
	w := &watch{conn: conn}
	w.ask = w.look.readable
	if socket, ok := conn.Conn.(syscall.Conn); ok {
		w.raw, _ = socket.SyscallConn() // fails on a closed connection only: using it will say so
	}
	switch l {
	case Peek:
		return peek{w}
	case Settle:
		return settler{w, settle}
	case Events:
		return &events{watch: w}
	}
	return blind{}
}

// blind does not look.
type blind struct{}

func (blind) rest(func())               {}
func (blind) wake(context.Context) bool { return true }
func (blind) end()                      {}

// A peek looks once, as the connection is to be used.
type peek struct{ *watch }

func (peek) rest(func())                 {}
func (p peek) wake(context.Context) bool { return p.glance() }
func (peek) end()                        {}

// past is a deadline that ends every wait at once.
var past = time.Unix(1, 0)

// A watch looks at a connection without reading from it.
type watch struct {
	conn *Conn
	raw  syscall.RawConn // nil if it is no socket
	look look            // the last
	ask  func(fd uintptr) bool
}

// await waits, as l wants it, until the connection has something to read, a FIN
// and a reset included, or its read deadline passes. It reports whether the
// connection is usable as far as that shows; over is set if it was closed here.
func (w *watch) await(l look) (usable, over bool) {
	w.look = l
	err := w.raw.Read(w.ask)
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return true, false
	case err != nil:
		w.conn.note(err) // a reset, where waiting tells of it
		return false, errors.Is(err, net.ErrClosed)
	}
	if w.look.end != nil {
		w.conn.note(w.look.end)
	}
	return w.look.empty, false
}
