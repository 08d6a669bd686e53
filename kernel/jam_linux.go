package kernel

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"time"
)

// Jam fills the accept queue of l, from which the caller has stopped to
// accept, so that the kernel drops every further SYN: a backlog of 0 and, in
// the queue, a connection of ours as the plug. It needs no privilege.
//
// Free undoes it: the plug is gone and the backlog is what it was. It clears
// l's deadline, and returns the connections that stood before the plug in the
// queue, now accepted and the caller's; nobody but it may accept before. If l
// has been closed, all that is left to free is the plug. Free must be called,
// once.
func Jam(l *net.TCPListener) (free func() (accepted []*net.TCPConn, err error), err error) {
	_, backlog, err := queue(l)
	if err != nil {
		return nil, err
	}
	// The plug comes first: with the queue shrunk it could lose its place to
	// another, and half open it would take one when the queue is free again.
	plug, err := plugIn(l)
	if err != nil {
		return nil, fmt.Errorf("plug the accept queue: %w", err)
	}
	if err := Backlog(l, 0); err != nil {
		_, unplugged := unplug(l, plug)
		return nil, errors.Join(err, unplugged)
	}
	return func() ([]*net.TCPConn, error) {
		accepted, err := unplug(l, plug)
		return accepted, errors.Join(err, unlessClosed(Backlog(l, backlog)))
	}, nil
}

// plugIn puts a connection into l's accept queue and returns its client's
// side; nil if the queue is full without it.
func plugIn(l *net.TCPListener) (*net.TCPConn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for {
		n, backlog, err := queue(l)
		if err != nil || n > backlog {
			return nil, err
		}
		plug, err := tryPlug(ctx, l.Addr().String())
		if err == nil || ctx.Err() != nil || !errors.Is(err, os.ErrDeadlineExceeded) && !errors.Is(err, context.DeadlineExceeded) {
			return plug, err
		}
	}
}

// tryPlug makes a connection that is in the accept queue for sure: when a dial
// returns, the last segment of its handshake may still be on its way, or may
// have met a full queue. A FIN is acknowledged by nobody but a connection.
func tryPlug(ctx context.Context, addr string) (*net.TCPConn, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Second) // as long as a dropped SYN is not repeated
	defer cancel()
	conn, err := (&net.Dialer{KeepAlive: -1}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	plug := conn.(*net.TCPConn)
	if err = plug.CloseWrite(); err == nil {
		err = Acknowledged(ctx, plug)
	}
	if err != nil {
		return nil, errors.Join(err, plug.SetLinger(0), plug.Close()) // the RST takes its half-open peer along
	}
	return plug, nil
}

// unplug accepts from l up to the plug, if there is one, and closes it on both
// sides, without a RST.
func unplug(l *net.TCPListener, plug *net.TCPConn) (accepted []*net.TCPConn, err error) {
	err = l.SetDeadline(time.Time{})
	if plug == nil {
		return nil, unlessClosed(err)
	}
	defer func() { err = errors.Join(unlessClosed(err), plug.Close()) }()
	for err == nil {
		var conn *net.TCPConn
		if conn, err = l.AcceptTCP(); err != nil {
			break
		}
		if conn.RemoteAddr().String() == plug.LocalAddr().String() {
			return accepted, conn.Close()
		}
		accepted = append(accepted, conn)
	}
	return accepted, err
}

// unlessClosed is err, unless that says that l was closed.
func unlessClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}
