//go:build !linux

package live

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"rstorm/wire"
)

// Reasons are for Linux only.
type Reasons struct{ _ byte }

// OpenReasons is for Linux only: the error wraps [errors.ErrUnsupported].
func OpenReasons() (*Reasons, error) { return nil, noReasons() }

func noReasons() error {
	return fmt.Errorf("Linux alone says why it sends RSTs, and this is %s: %w", runtime.GOOS, errors.ErrUnsupported)
}

// Flush is for Linux only: the error wraps [errors.ErrUnsupported].
func (*Reasons) Flush(context.Context) error { return noReasons() }

// Take returns nothing.
func (*Reasons) Take() (all []wire.Reason, lost uint64) { return nil, 0 }

// Close is for Linux only: the error wraps [errors.ErrUnsupported].
func (*Reasons) Close() error { return noReasons() }
