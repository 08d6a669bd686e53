package kernel

import (
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// A Timer wakes whoever waits on it. It is a timerfd(2) in the runtime's
// poller: late by about a tenth of a millisecond, where the runtime's own
// timers are up to one (golang.org/issue/44343).
type Timer struct{ file *os.File }

// NewTimer returns a timer that is not set.
func NewTimer() (*Timer, error) {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("making a timer: %w", err)
	}
	return &Timer{os.NewFile(uintptr(fd), "timer")}, nil
}

// Set lets the timer go off once in d, at once if d is not positive, instead
// of when it was to before.
func (t *Timer) Set(d time.Duration) error {
	raw, err := t.file.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = raw.Control(func(fd uintptr) {
		once := unix.ItimerSpec{Value: unix.NsecToTimespec(max(1, d.Nanoseconds()))}
		failed = unix.TimerfdSettime(int(fd), 0, &once, nil)
	})
	if err == nil {
		err = failed
	}
	return err
}

// Wait returns when the timer has gone off since the last Wait, or with an
// error that wraps [os.ErrClosed] once it is closed.
func (t *Timer) Wait() error {
	var expirations [8]byte
	_, err := t.file.Read(expirations[:])
	return err
}

// Close wakes a waiting Wait.
func (t *Timer) Close() error { return t.file.Close() }
