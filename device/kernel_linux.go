package device

import (
	"context"
	"encoding/binary"
	"net"
	"syscall"
	"time"
	"unsafe"
)

// unread returns how many bytes lie in the connection's receive buffer; -1 if
// the kernel does not say.
func unread(tcp *net.TCPConn) int {
	var n int32
	errno := syscall.EBADF
	raw, err := tcp.SyscallConn()
	if err == nil {
		err = raw.Control(func(fd uintptr) {
			_, _, errno = syscall.Syscall(syscall.SYS_IOCTL, fd, syscall.TIOCINQ, uintptr(unsafe.Pointer(&n)))
		})
	}
	if err != nil || errno != 0 {
		return -1
	}
	return int(n)
}

// States of a connection whose other side has neither closed nor reset
// (enum in the kernel's include/net/tcp_states.h).
const (
	established = 1
	finWait1    = 4
	finWait2    = 5
)

// untilGone waits, for limit at most (0: however long), until the client has
// closed or reset, and says which. It reads nothing: end of file can't be seen
// behind unread bytes, but the kernel's state of the connection can. The error
// is os.ErrDeadlineExceeded when the limit has passed, or net.ErrClosed.
func untilGone(_ context.Context, tcp *net.TCPConn, limit time.Duration) (why Ending, err error) {
	if limit > 0 {
		if err := tcp.SetReadDeadline(time.Now().Add(limit)); err != nil {
			return "", err
		}
		defer func() { _ = tcp.SetReadDeadline(time.Time{}) }()
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return "", err
	}
	var failed error
	err = raw.Read(func(fd uintptr) (done bool) { // runs again when something arrived
		why, failed = gone(int(fd))
		return why != "" || failed != nil
	})
	if failed != nil {
		err = failed
	}
	return why, err
}

// gone says how the client went; empty if it is still there.
func gone(fd int) (Ending, error) {
	// The first byte of struct tcp_info is the state.
	info, err := syscall.GetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_INFO)
	if err != nil {
		return "", err
	}
	switch binary.NativeEndian.AppendUint32(nil, uint32(info))[0] {
	case established, finWait1, finWait2:
		return "", nil
	}
	errno, err := syscall.GetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_ERROR)
	switch {
	case err != nil:
		return "", err
	case errno != 0:
		return ClientReset, nil
	}
	return ClientClosed, nil
}
