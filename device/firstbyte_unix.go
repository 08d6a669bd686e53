//go:build unix

package device

import (
	"io"
	"net"
	"os"
	"syscall"
)

// firstByte waits for the connection's first byte and leaves it unread: what
// strikes then finds it in the receive buffer. Nothing is taken.
func firstByte(tcp *net.TCPConn) (first byte, taken []byte, err error) {
	raw, err := tcp.SyscallConn()
	if err != nil {
		return 0, nil, err
	}
	var b [1]byte
	var n int
	var failed error
	err = raw.Read(func(fd uintptr) (done bool) { // runs again when something arrived
		for {
			n, _, failed = syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK)
			if failed != syscall.EINTR {
				return failed != syscall.EAGAIN
			}
		}
	})
	switch {
	case err != nil:
		return 0, nil, err
	case failed != nil:
		return 0, nil, os.NewSyscallError("recvfrom", failed)
	case n == 0:
		return 0, nil, io.EOF
	}
	return b[0], nil, nil
}
