package faults

import (
	"syscall"
	"time"
)

// sleep is nanosleep(2): late by the kernel's timer slack, about 60 us.
func sleep(d time.Duration) {
	rest := syscall.NsecToTimespec(int64(d))
	for syscall.Nanosleep(&rest, &rest) == syscall.EINTR {
	}
}
