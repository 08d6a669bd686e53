package kernel

import (
	"errors"
	"syscall"

	"golang.org/x/sys/unix"
)

// BlackHole lets no segment that arrives on the connection c reach it any
// more, by a socket filter (socket(7), SO_ATTACH_FILTER): nothing more is
// acknowledged, and neither data, FIN nor RST of the peer is noticed. What c
// had received before can still be read, and c can still send. Newer kernels
// ask for CAP_NET_ADMIN: see [CanBlackHole]. Connections of Multipath TCP take
// no filter.
//
// Heal ends it; then the peer's retransmissions arrive. A close without it
// sends a FIN, or a RST, as any close: only [Forget] does not.
func BlackHole(c syscall.Conn) (heal func() error, err error) {
	none := unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: 0} // keep 0 bytes of every packet: drop it
	err = control("attach a filter that drops all", c, func(fd int) error {
		return unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &unix.SockFprog{Len: 1, Filter: &none})
	})
	if err != nil {
		return nil, err
	}
	return func() error {
		return control("detach the filter that drops all", c, func(fd int) error {
			return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_DETACH_FILTER, 0)
		})
	}, nil
}

// CanBlackHole reports whether [BlackHole] works here, by doing it to a
// connection over loopback; nil if it does. Linux 6.18 lets nobody put a filter
// on a TCP socket without CAP_NET_ADMIN, which older kernels do.
func CanBlackHole() error {
	near, far, err := loop()
	if err != nil {
		return err
	}
	heal, err := BlackHole(far)
	if err == nil {
		err = heal()
	}
	return errors.Join(err, far.Close(), near.Close())
}
