//go:build !linux

package kernel

import "net"

// Shut closes l.
func Shut(l *net.TCPListener) error { return l.Close() }
