package link

import (
	"encoding/binary"
	"net"
	"os"
	"syscall"
	"unsafe"
)

// TCP states as TCP_INFO gives them (net/tcp_states.h in the kernel).
const (
	tcpClose     = 7
	tcpCloseWait = 8
	tcpLastAck   = 9
	tcpClosing   = 11
)

// onSocket runs f with c's descriptor. It does nothing when c is closed.
func onSocket(c *net.TCPConn, f func(fd int)) {
	raw, err := c.SyscallConn()
	if err == nil {
		raw.Control(func(fd uintptr) { f(int(fd)) })
	}
}

// tcpState is the first byte of what TCP_INFO answers, 0 if it can't be had.
func tcpState(fd int) byte {
	v, err := syscall.GetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_INFO)
	if err != nil {
		return 0
	}
	var b [4]byte
	binary.NativeEndian.PutUint32(b[:], uint32(v))
	return b[0]
}

// takeError takes the error that waits on the socket, nil if there is none.
// Whoever takes it is the only one to see it.
func takeError(fd int) error {
	if v, err := syscall.GetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_ERROR); err == nil && v != 0 {
		return syscall.Errno(v)
	}
	return nil
}

// kernelView reports what the kernel knows of c's end: whether a FIN has come,
// whether the connection is gone, and the error that waited, which it takes.
func kernelView(c *net.TCPConn) (fin, gone bool, err error) {
	onSocket(c, func(fd int) { fin, gone, err = look(fd) })
	return fin, gone, err
}

// look takes the error last: a RST sets it before the state, so what is gone by
// a RST has it.
func look(fd int) (fin, gone bool, err error) {
	fin, gone = judge(tcpState(fd))
	return fin, gone, takeError(fd)
}

func judge(state byte) (fin, gone bool) {
	gone = state == tcpClose
	return gone || state == tcpCloseWait || state == tcpLastAck || state == tcpClosing, gone
}

// finArrived reports whether c's peer has ended its side, read or not.
func finArrived(c *net.TCPConn) (fin bool) {
	onSocket(c, func(fd int) { fin, _ = judge(tcpState(fd)) })
	return fin
}

// await waits, without reading, until c has an error or is gone; if forFIN is
// set, also until its peer's FIN has come. Then it returns what kernelView
// does, and nothing if c was closed instead. Nobody else may be reading.
func await(c *net.TCPConn, forFIN bool, _ <-chan struct{}) (fin, gone bool, err error) {
	raw, fail := c.SyscallConn()
	if fail != nil {
		return false, false, nil
	}
	fail = raw.Read(func(fd uintptr) bool {
		fin, gone, err = look(int(fd))
		return err != nil || gone || forFIN && fin
	})
	if fail != nil {
		return false, false, nil
	}
	return fin, gone, err
}

// unread reports whether bytes from the peer lie unread in c. It takes no error,
// as a look with recv(2) would.
func unread(c *net.TCPConn) bool { return queued(c, syscall.TIOCINQ) > 0 }

// unsent is how many bytes written to c its peer has not acknowledged.
func unsent(c *net.TCPConn) int32 { return queued(c, syscall.TIOCOUTQ) }

// queued asks how many bytes lie in one of c's queues (tcp(7)).
func queued(c *net.TCPConn, queue uintptr) (n int32) {
	onSocket(c, func(fd int) {
		_, _, errno := syscall.Syscall(syscall.SYS_IOCTL, uintptr(fd), queue, uintptr(unsafe.Pointer(&n)))
		if errno != 0 {
			n = 0
		}
	})
	return n
}

// pending takes the connections that the kernel has completed for ln and
// nobody has accepted. Accept itself does not look once the deadline is over.
func pending(ln *net.TCPListener) (all []*net.TCPConn) {
	raw, err := ln.SyscallConn()
	if err != nil {
		return nil
	}
	raw.Control(func(fd uintptr) {
		for {
			n, _, err := syscall.Accept4(int(fd), syscall.SOCK_CLOEXEC|syscall.SOCK_NONBLOCK)
			if err != nil {
				return
			}
			file := os.NewFile(uintptr(n), "client")
			if c, err := net.FileConn(file); err == nil {
				all = append(all, c.(*net.TCPConn))
			}
			file.Close()
		}
	})
	return all
}
