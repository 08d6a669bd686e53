package clients

import (
	"net"
	"syscall"
	"unsafe"
)

// unread returns a function that tells how many received bytes conn's socket
// holds that nobody has read. It asks with SIOCINQ (tcp(7)), which is the same
// as TIOCINQ: unlike a read that peeks, that neither consumes a pending error
// nor tells of a FIN, so a client that models no check of its connection does
// not get one by this.
func unread(conn net.Conn) func() int {
	socket, ok := conn.(syscall.Conn)
	if !ok {
		return func() int { return 0 } // not a socket: nothing to ask
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return func() int { return 0 } // closed: using it will say so
	}
	var n int32
	ask := func(fd uintptr) {
		syscall.RawSyscall(syscall.SYS_IOCTL, fd, syscall.TIOCINQ, uintptr(unsafe.Pointer(&n)))
	}
	return func() int {
		n = 0
		if raw.Control(ask) != nil {
			return 0
		}
		return int(n)
	}
}
