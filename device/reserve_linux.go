package device

import (
	"errors"
	"io"
	"net"
	"os"
	"syscall"
)

// reserve closes l and binds its address without listening there: the kernel
// refuses connections and yet gives the port to nobody else. A port that is
// only closed is free for the next outgoing connection to take.
func reserve(l *net.TCPListener) (io.Closer, error) {
	var address syscall.Sockaddr
	raw, err := l.SyscallConn()
	if err == nil {
		err = raw.Control(func(fd uintptr) { address, _ = syscall.Getsockname(int(fd)) })
	}
	if err = errors.Join(err, l.Close()); err != nil {
		return nil, err
	}
	family := syscall.AF_INET
	if _, six := address.(*syscall.SockaddrInet6); six {
		family = syscall.AF_INET6
	}
	fd, err := syscall.Socket(family, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	socket := os.NewFile(uintptr(fd), "reserved port")
	// Package net sets the option too, so its next listener may share the port.
	err = os.NewSyscallError("setsockopt", syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1))
	if err == nil {
		err = os.NewSyscallError("bind", syscall.Bind(fd, address))
	}
	if err != nil {
		return nil, errors.Join(err, socket.Close())
	}
	return socket, nil
}
