package kernel

import (
	"errors"
	"fmt"
	"syscall"

	"golang.org/x/sys/unix"
)

// control does do with c's descriptor, and says what was being done if that
// fails: with an error that wraps [errors.ErrUnsupported] if the kernel lacks
// it or forbids it, as some sandboxes do.
func control(doing string, c syscall.Conn, do func(fd int) error) error {
	raw, err := c.SyscallConn()
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	var failed error
	if err := raw.Control(func(fd uintptr) { failed = do(int(fd)) }); err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	switch {
	case failed == nil:
		return nil
	case errors.Is(failed, unix.EPERM), errors.Is(failed, unix.EACCES), errors.Is(failed, unix.ENOPROTOOPT):
		return fmt.Errorf("%s: %w: %w", doing, errors.ErrUnsupported, failed)
	}
	return fmt.Errorf("%s: %w", doing, failed)
}
