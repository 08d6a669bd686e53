package kernel_test

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"rstorm/kernel"
)

func TestTheKernelsClockIsToldBySystemTime(t *testing.T) {
	epoch, err := kernel.Epoch()
	if err != nil {
		t.Fatal(err)
	}
	from := time.Now().UnixNano()
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &now); err != nil {
		t.Fatal(err)
	}
	const far = int64(time.Millisecond) // what the clocks may be read apart
	if at, until := epoch+now.Nano(), time.Now().UnixNano(); at < from-far || at > until+far {
		t.Errorf("%d nanoseconds before or %d after", from-at, at-until)
	}
}
