package link

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"rstorm/faults"
	"rstorm/results"
)

// An ending is how what a leg's peer sends came to its end.
type ending uint8

const (
	going ending = iota // it has not ended
	byFIN
	byReset
	byLink // the link closed the leg, or stopped reading it
	lost   // the kernel gave the connection up, as by ETIMEDOUT: no RST was seen
)

// A leg is one of a relay's two TCP connections.
type leg struct {
	conn    *net.TCPConn
	peer    results.Origin // who is at its other end
	sentFIN atomic.Bool
	gotFIN  atomic.Bool

	over <-chan struct{} // closed when nothing passes any more

	once    sync.Once
	failed  chan struct{} // closed once the connection is known to have failed
	failure error         // how; set before failed is closed
}

func newLeg(c *net.TCPConn, peer results.Origin, over <-chan struct{}) *leg {
	return &leg{conn: c, peer: peer, over: over, failed: make(chan struct{})}
}

// fail keeps the first error that the kernel reported on the leg.
func (l *leg) fail(err error) {
	l.once.Do(func() {
		l.failure = err
		close(l.failed)
	})
}

// hasFailed reports whether the kernel has reported an error on the leg.
func (l *leg) hasFailed() bool {
	select {
	case <-l.failed:
		return true
	default:
		return false
	}
}

// isReset reports whether err is how the kernel reports a RST: ECONNRESET, or
// EPIPE if a FIN had come before it.
func isReset(err error) bool { return results.Classify(err) == results.Reset }

// read reads once. What has ended the leg is noted in it.
func (l *leg) read(b []byte) (int, ending) {
	n, err := l.conn.Read(b)
	switch {
	case err == nil:
		return n, going
	case errors.Is(err, io.EOF):
		return n, l.atEOF()
	case errors.Is(err, net.ErrClosed), errors.Is(err, os.ErrDeadlineExceeded):
		return n, byLink
	}
	l.fail(err)
	return n, failedBy(err)
}

func failedBy(err error) ending {
	if isReset(err) {
		return byReset
	}
	return lost
}

// atEOF tells a FIN from a RST that a concurrent write has learnt of: a socket
// gives its error to one caller only, and reads as ended for all others.
func (l *leg) atEOF() ending {
	_, gone, err := kernelView(l.conn)
	if err != nil {
		l.fail(err)
	}
	if gone && !l.sentFIN.Load() {
		if !l.awaitFailure() {
			return byLink
		}
		if !errors.Is(l.failure, syscall.EPIPE) { // EPIPE: a RST behind the FIN
			return failedBy(l.failure)
		}
	}
	l.gotFIN.Store(true)
	return byFIN
}

// awaitFailure waits for a write that has been given the leg's error, and is
// about to say so. It reports false if the connection is over for another
// reason.
func (l *leg) awaitFailure() bool {
	select {
	case <-l.failed:
		return true
	case <-l.over:
		return l.hasFailed()
	}
}

// sendFIN closes the leg towards its peer.
func (l *leg) sendFIN() {
	l.sentFIN.Store(true)
	l.conn.CloseWrite() // fails only when the peer has reset it, which its reader learns
}

// abort closes the leg with a RST.
func (l *leg) abort() {
	l.conn.SetLinger(0)
	l.conn.Close()
}

// flushLimit bounds how long a RST waits for bytes before it.
const flushLimit = time.Second

// flush waits until the peer has all bytes written to it, for a RST makes the
// kernel drop those that it has not. It gives up when ctx ends or the peer
// does not read.
func (l *leg) flush(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, flushLimit)
	defer cancel()
	for unsent(l.conn) > 0 && faults.Wait(ctx, 100*time.Microsecond) == nil {
	}
}
