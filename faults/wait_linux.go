package faults

import (
	"os"
	"syscall"
	"time"
	"unsafe"
)

// sleep waits on a timerfd(2) through the runtime's poller: late by the
// kernel's timer slack, about 60 us, and holding no thread meanwhile, as
// nanosleep(2) would. Where none can be had it is the runtime's own.
func sleep(d time.Duration) {
	const monotonic = 1 // CLOCK_MONOTONIC
	fd, _, errno := syscall.RawSyscall(syscall.SYS_TIMERFD_CREATE, monotonic, syscall.O_NONBLOCK|syscall.O_CLOEXEC, 0)
	if errno != 0 {
		time.Sleep(d)
		return
	}
	timer := os.NewFile(fd, "timer")
	defer timer.Close()
	once := struct{ interval, value syscall.Timespec }{value: syscall.NsecToTimespec(int64(d))}
	until := time.Now().Add(d)
	_, _, errno = syscall.RawSyscall6(syscall.SYS_TIMERFD_SETTIME, fd, 0, uintptr(unsafe.Pointer(&once)), 0, 0, 0)
	var expirations [8]byte
	if errno == 0 {
		_, _ = timer.Read(expirations[:]) // if it fails, the line below waits
	}
	time.Sleep(time.Until(until))
}
