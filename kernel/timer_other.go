//go:build !linux

package kernel

import (
	"errors"
	"fmt"
	"runtime"
	"time"
)

// A Timer is for Linux only.
type Timer struct{ _ byte }

func noTimer() error {
	return fmt.Errorf("precise timers are made on Linux only, and this is %s: %w", runtime.GOOS, errors.ErrUnsupported)
}

// NewTimer is for Linux only: the error wraps [errors.ErrUnsupported].
func NewTimer() (*Timer, error) { return nil, noTimer() }

// Set is for Linux only: the error wraps [errors.ErrUnsupported].
func (*Timer) Set(time.Duration) error { return noTimer() }

// Wait is for Linux only: the error wraps [errors.ErrUnsupported].
func (*Timer) Wait() error { return noTimer() }

// Close is for Linux only: the error wraps [errors.ErrUnsupported].
func (*Timer) Close() error { return noTimer() }
