//go:build !linux

package kernel

import (
	"errors"
	"fmt"
	"net/netip"
	"runtime"
)

// A TUN is for Linux only.
type TUN struct{ _ byte }

func noTUN() error {
	return fmt.Errorf("TUN devices are made on Linux only, and this is %s: %w", runtime.GOOS, errors.ErrUnsupported)
}

// OpenTUN is for Linux only: the error wraps [errors.ErrUnsupported].
func OpenTUN(string, netip.Prefix) (*TUN, error) { return nil, noTUN() }

// CanTUN is for Linux only: the error wraps [errors.ErrUnsupported].
func CanTUN() error { return noTUN() }

// Read is for Linux only: the error wraps [errors.ErrUnsupported].
func (*TUN) Read([]byte) (int, error) { return 0, noTUN() }

// Write is for Linux only: the error wraps [errors.ErrUnsupported].
func (*TUN) Write([]byte) (int, error) { return 0, noTUN() }

// Close is for Linux only: the error wraps [errors.ErrUnsupported].
func (*TUN) Close() error { return noTUN() }
