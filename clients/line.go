package clients

import (
	"context"
	"time"

	"rstorm/results"
)

// An exchanger carries a call once, over one connection at a time. It sends
// nothing again. Its memory outlives its connections.
type exchanger interface {
	// dial opens a connection and moves *phase on to a handshake. The
	// connection comes with the error if it was made and lost again.
	dial(ctx context.Context, phase *results.Phase) (*Conn, error)
	// clear reports whether the kept connection may carry another exchange, as
	// far as its protocol can tell without looking at how the socket ended.
	clear() bool
	// exchange sends m and reads its answer, until ctx ends, and moves *phase
	// on. It closes the connection unless that may be used again. written says
	// whether the socket had taken a byte of the request.
	exchange(ctx context.Context, m *call, phase *results.Phase) (status int, written, kept bool, err error)
	// promised is what the last answer promised of its connection.
	promised() promise
	// Close closes the connection, if one is kept.
	Close()
}

// A line is a connection of a client, with all that is needed to talk over it.
// Once the connection has ended the line is there for another. It is used by
// one goroutine at a time.
type line struct {
	exchanger
	opener *opener
	conn   *Conn         // nil if there is none
	guard  guard         // of conn; nil if nobody looks after it
	dead   func()        // closes conn, for the guard
	call   call          // that is carried
	phase  results.Phase // of the attempt that is made
	until  time.Time     // conn is not used from then on; zero if it may rest for ever
	quota  quota         // of exchanges on conn
}

// connect sees to it that there is a connection, unless ctx has ended. The
// connection comes with the error if it was made and lost again.
func (l *line) connect(ctx context.Context) (*Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if l.conn != nil {
		return l.conn, nil
	}
	conn, err := l.dial(ctx, &l.phase)
	if err != nil {
		return conn, err
	}
	l.conn, l.quota = conn, quota{}
	if s := &l.opener.settings; s.looks() && !l.opener.network.Protocol.HTTP2() {
		l.guard = newGuard(s.Liveness, s.Settle, conn)
		l.dead = func() { conn.Close() }
	}
	return conn, nil
}

// carry makes one exchange.
func (l *line) carry(ctx context.Context, m call) (status int, written bool, err error) {
	l.call = m
	status, written, kept, err := l.exchange(ctx, &l.call, &l.phase)
	if !kept {
		l.conn, l.guard = nil, nil
	}
	return status, written, err
}

// rest begins a pause of the connection, and reports whether it may be used
// again at all. When the guard finds it dead in the pause it is closed at once,
// and stays with the line until that is used or ended.
func (l *line) rest() bool {
	s := &l.opener.settings
	l.until = time.Time{}
	if s.Idle > 0 || s.Hint {
		now, promised := time.Now(), l.promised()
		l.until = expiry(s, now, promised)
		if s.Hint && l.quota.spent(int(l.conn.exchanges.Load()), promised) || l.expired(now) {
			return false
		}
	}
	if l.guard != nil {
		l.guard.rest(l.dead)
	}
	return true
}

// expired reports whether the connection has rested for too long.
func (l *line) expired(now time.Time) bool { return !l.until.IsZero() && !now.Before(l.until) }

// wake ends the pause and reports whether the connection may be used.
func (l *line) wake(ctx context.Context) bool {
	if !l.until.IsZero() && l.expired(time.Now()) {
		return false
	}
	return (l.guard == nil || l.guard.wake(ctx)) && l.clear()
}

// end ends the connection: with a goodbye, over TLS, unless that is done by
// force.
func (l *line) end(force bool) {
	if l.guard != nil {
		l.guard.end()
	}
	if force {
		l.conn.Close()
	}
	l.Close()
	l.conn, l.guard = nil, nil
}
