//go:build unix && !aix

package clients

import (
	"io"
	"os"
	"syscall"
)

// A look is what a socket holds, seen by MSG_PEEK (recv(2)), which leaves it
// there: only a pending error is told once.
type look struct {
	empty bool  // nothing to read
	end   error // the peer's FIN as io.EOF, or what the socket reports
	once  bool  // not to be waited for
	first [1]byte
}

// readable looks and reports whether there is something to read, or waiting for
// that is not wanted.
func (l *look) readable(fd uintptr) bool {
	n, _, err := syscall.Recvfrom(int(fd), l.first[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
	for err == syscall.EINTR {
		n, _, err = syscall.Recvfrom(int(fd), l.first[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
	}
	l.empty, l.end = err == syscall.EAGAIN, nil
	switch {
	case l.empty || n > 0:
	case err != nil:
		l.end = os.NewSyscallError("recvfrom", err)
	default:
		l.end = io.EOF
	}
	return !l.empty || l.once
}

// glance looks once, without waiting, and reports whether the connection is
// usable as far as that shows.
func (w *watch) glance() (usable bool) {
	if w.raw == nil {
		return true
	}
	usable, _ = w.await(look{once: true})
	return usable
}
