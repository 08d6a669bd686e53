//go:build !linux

package kernel

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
)

// Isolate is for Linux only: the error wraps [errors.ErrUnsupported].
func Isolate(*exec.Cmd) error {
	return fmt.Errorf("a private network takes Linux's namespaces, and this is %s: %w", runtime.GOOS, errors.ErrUnsupported)
}

// Isolated is false: only Linux has network namespaces.
func Isolated() bool { return false }

// Raise is for Linux only: the error wraps [errors.ErrUnsupported].
func Raise() error { return Isolate(nil) }

// Root reports whether this process is the system's root; never so where there
// is none.
func Root() bool { return os.Geteuid() == 0 }
