package kernel

import (
	"errors"
	"net"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// Shut closes l for good. Closing alone is not enough in a program that starts
// others: a process between fork(2) and the end of execve(2) holds a copy of
// every descriptor, and for that long the socket listens on and nobody can
// listen on its address again. So it is made to listen no more as well.
func Shut(l *net.TCPListener) error {
	copied := -1
	raw, err := l.SyscallConn()
	if err == nil {
		err = raw.Control(func(fd uintptr) { copied, _ = unix.FcntlInt(fd, unix.F_DUPFD_CLOEXEC, 0) })
	}
	if err = errors.Join(err, l.Close()); copied < 0 {
		return err // out of descriptors, or closed before: what could be done has been
	}
	// On a listening socket this is a disconnect (inet_shutdown in the kernel's
	// net/ipv4/af_inet.c), whoever holds copies.
	err = errors.Join(err, os.NewSyscallError("shutdown", syscall.Shutdown(copied, syscall.SHUT_RD)))
	return errors.Join(err, os.NewSyscallError("close", syscall.Close(copied)))
}
