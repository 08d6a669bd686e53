//go:build !linux

package faults

import "time"

// sleep is the runtime's own: this system has no finer one in package syscall.
func sleep(d time.Duration) { time.Sleep(d) }
