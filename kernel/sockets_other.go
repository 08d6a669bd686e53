//go:build !linux

package kernel

import (
	"context"
	"errors"
	"fmt"
	"net"
	"syscall"
)

// BlackHole needs the Linux kernel's socket filters.
func BlackHole(syscall.Conn) (heal func() error, err error) {
	return nil, fmt.Errorf("a socket filter: %w: not Linux", errors.ErrUnsupported)
}

// CanBlackHole says that [BlackHole] can't be had here.
func CanBlackHole() error {
	_, err := BlackHole(nil)
	return err
}

// Forget needs the Linux kernel's TCP_REPAIR.
func Forget(syscall.Conn) error { return CanForget() }

// CanForget says that [Forget] can't be had here.
func CanForget() error {
	return fmt.Errorf("repair mode: %w: not Linux", errors.ErrUnsupported)
}

// Acknowledged needs the Linux kernel's view of a connection.
func Acknowledged(context.Context, syscall.Conn) error {
	return fmt.Errorf("what is not acknowledged: %w: not Linux", errors.ErrUnsupported)
}

// Backlog is proven on Linux only.
func Backlog(*net.TCPListener, int) error {
	return fmt.Errorf("another backlog: %w: not Linux", errors.ErrUnsupported)
}

// Jam is proven on Linux only: other systems treat a full queue in other ways.
func Jam(*net.TCPListener) (free func() (accepted []*net.TCPConn, err error), err error) {
	return nil, fmt.Errorf("a full accept queue: %w: not Linux", errors.ErrUnsupported)
}

// AbortOnOverflow needs a private network of Linux's.
func AbortOnOverflow(bool) error {
	return fmt.Errorf("resets from a full accept queue: %w: not Linux", errors.ErrUnsupported)
}

// Overflow needs a private network of Linux's.
func Overflow(*net.TCPListener) (free func() (accepted []*net.TCPConn, err error), err error) {
	return nil, AbortOnOverflow(true)
}
