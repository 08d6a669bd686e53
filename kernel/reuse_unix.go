//go:build !windows

package kernel

import (
	"errors"
	"os"
	"syscall"
)

// ReuseAddress lets a socket that is not bound yet have a port on which a
// connection that has ended still waits (SO_REUSEADDR). It is for the Control
// function of a [net.Dialer].
func ReuseAddress(c syscall.RawConn) error {
	var failed error
	err := c.Control(func(fd uintptr) {
		failed = os.NewSyscallError("setsockopt", syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1))
	})
	return errors.Join(err, failed)
}
