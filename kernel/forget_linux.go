package kernel

import (
	"context"
	"errors"
	"fmt"
	"net"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Forget makes the close of the connection c, which is the caller's next step,
// send neither a FIN nor a RST: the kernel forgets the connection as by a
// reboot (TCP_REPAIR) and answers the peer's next segment with a bare RST. What
// has arrived is acknowledged first, so that the peer does not send it again by
// itself; see [Acknowledged] for the other direction. It needs CAP_NET_ADMIN,
// which root has and everyone has in a private network; see [CanForget].
func Forget(c syscall.Conn) error {
	return control("put a connection into repair mode", c, func(fd int) error {
		return errors.Join(
			unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_QUICKACK, 1), // sends an ACK that was delayed
			unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_REPAIR, unix.TCP_REPAIR_ON))
	})
}

// CanForget reports whether [Forget] works here, by doing it to a connection
// over loopback; nil if it does.
func CanForget() (err error) {
	near, far, err := loop()
	if err != nil {
		return err
	}
	err = errors.Join(Forget(far), far.Close())
	if state, seen := stateOf(near); err == nil && (seen != nil || state != unix.BPF_TCP_ESTABLISHED) {
		err = fmt.Errorf("forget a connection: %w: its peer noticed (state %d, %v)", errors.ErrUnsupported, state, seen)
	}
	if err == nil {
		err = Forget(near) // its FIN would be answered with a RST
	}
	return errors.Join(err, near.Close())
}

// Acknowledged returns when the peer of c has acknowledged everything that was
// written to c, a FIN included. The error is ctx's cause if that ends first, or
// [net.ErrClosed]; it wraps [syscall.ECONNRESET] if the peer has reset.
func Acknowledged(ctx context.Context, c syscall.Conn) error {
	look := time.NewTicker(time.Millisecond) // the kernel has no event for it
	defer look.Stop()
	for {
		var left int
		err := control("look at what is not acknowledged", c, func(fd int) (err error) {
			info, err := unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO)
			if err == nil && info.State == unix.BPF_TCP_CLOSE {
				return unix.ECONNRESET
			}
			left, err = unix.IoctlGetInt(fd, unix.SIOCOUTQ)
			return err
		})
		if err != nil || left == 0 {
			return err
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// stateOf is the kernel's state of a connection (include/net/tcp_states.h).
func stateOf(c syscall.Conn) (state uint8, err error) {
	err = control("look at a connection's state", c, func(fd int) error {
		info, err := unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO)
		if err == nil {
			state = info.State
		}
		return err
	})
	return state, err
}

// loop makes a connection over loopback and returns its two ends.
func loop() (near, far *net.TCPConn, err error) {
	l, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, nil, fmt.Errorf("listen on loopback: %w", err)
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	if near, err = net.DialTCP("tcp4", nil, l.Addr().(*net.TCPAddr)); err != nil {
		return nil, nil, fmt.Errorf("connect over loopback: %w", err)
	}
	if far, err = l.AcceptTCP(); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("accept over loopback: %w", err), near.Close())
	}
	return near, far, nil
}
