package kernel

import (
	"errors"
	"fmt"
	"runtime"

	"golang.org/x/sys/unix"
)

// OnEachProcessor calls do on one processor after the other, of those that
// this process may run on. An error ends it.
func OnEachProcessor(do func() error) (err error) {
	runtime.LockOSThread() // the thread is moved, and goes back before others may use it
	defer runtime.UnlockOSThread()
	var all unix.CPUSet
	if err := unix.SchedGetaffinity(0, &all); err != nil {
		return fmt.Errorf("ask for this thread's processors: %w", err)
	}
	defer func() {
		if back := unix.SchedSetaffinity(0, &all); back != nil {
			err = errors.Join(err, fmt.Errorf("let this thread run on all its processors again: %w", back))
		}
	}()
	left := all.Count()
	for number := 0; left > 0; number++ {
		if !all.IsSet(number) {
			continue
		}
		left--
		var one unix.CPUSet
		one.Set(number)
		if err := unix.SchedSetaffinity(0, &one); err != nil {
			return fmt.Errorf("run on processor %d: %w", number, err)
		}
		if err := do(); err != nil {
			return err
		}
	}
	return nil
}
