package kernel_test

import (
	"errors"
	"runtime"
	"slices"
	"testing"

	"golang.org/x/sys/unix"

	"rstorm/kernel"
)

func TestOnEachProcessorRunsOnAllAndGoesBack(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before := affinity(t)
	var all []unix.CPUSet
	for number := range 1024 {
		if before.IsSet(number) {
			var one unix.CPUSet
			one.Set(number)
			all = append(all, one)
		}
	}
	failed := errors.New("failed")
	for _, result := range []struct {
		error
		on []unix.CPUSet
	}{{nil, all}, {failed, all[:1]}} {
		var on []unix.CPUSet
		err := kernel.OnEachProcessor(func() error {
			on = append(on, affinity(t))
			return result.error
		})
		if !errors.Is(err, result.error) || !slices.Equal(on, result.on) {
			t.Errorf("returning %v it ran on %v, %v; want %v", result.error, on, err, result.on)
		}
		if after := affinity(t); after != before {
			t.Errorf("before it this thread could run on %v, after it on %v", before, after)
		}
	}
}

func affinity(t *testing.T) (set unix.CPUSet) {
	t.Helper()
	if err := unix.SchedGetaffinity(0, &set); err != nil {
		t.Fatal(err)
	}
	return set
}
