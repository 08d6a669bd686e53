package kernel

import "syscall"

// ReuseAddress does nothing: Windows lets a socket have such a port anyway, and
// its SO_REUSEADDR takes ports from those who use them.
func ReuseAddress(syscall.RawConn) error { return nil }
