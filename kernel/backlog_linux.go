package kernel

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// Backlog changes how many connections may wait on l to be accepted, as a
// second listen(2) does; the kernel caps n at net.core.somaxconn. Linux lets n
// + 1 wait; once they do it drops every SYN, which the client repeats after a
// second, and then ever more slowly. Those that wait already stay.
func Backlog(l *net.TCPListener, n int) error {
	return control("listen with another backlog", l, func(fd int) error { return unix.Listen(fd, n) })
}

// queue returns how many connections wait to be accepted, and the backlog
// (tcp_get_info in the kernel's net/ipv4/tcp.c says so of a listener).
func queue(l syscall.Conn) (n, backlog int, err error) {
	err = control("look at the accept queue", l, func(fd int) error {
		info, err := unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO)
		if err == nil {
			n, backlog = int(info.Unacked), int(info.Sacked)
		}
		return err
	})
	return n, backlog, err
}
