//go:build !linux

package kernel

import "errors"

// OnEachProcessor is for Linux only: it fails with [errors.ErrUnsupported].
func OnEachProcessor(func() error) error { return errors.ErrUnsupported }
