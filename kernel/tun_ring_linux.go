package kernel

import (
	"encoding/binary"
	"fmt"

	"golang.org/x/sys/unix"
)

// ring is how many packets may lie unread in a TUN device: it must lose none
// by itself. The system's default is 500.
const ring = 10000

// lengthen sets how many packets the interface keeps. It asks by rtnetlink(7):
// the ioctl for it wants a privilege outside of the user namespace.
func lengthen(name string, packets uint32) error {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_ROUTE)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	index, err := indexOf(fd, name)
	if err != nil {
		return err
	}
	const size = unix.SizeofNlMsghdr + unix.SizeofIfInfomsg + unix.SizeofRtAttr + 4
	native, b := binary.NativeEndian, make([]byte, 0, size)
	b = native.AppendUint32(b, size) // struct nlmsghdr
	b = native.AppendUint16(b, unix.RTM_NEWLINK)
	b = native.AppendUint16(b, unix.NLM_F_REQUEST|unix.NLM_F_ACK)
	b = append(b, make([]byte, 12)...) // no sequence, no port; struct ifinfomsg: any family and type
	b = native.AppendUint32(b, index)
	b = append(b, make([]byte, 8)...) // no flags to change
	b = native.AppendUint16(b, unix.SizeofRtAttr+4)
	b = native.AppendUint16(b, unix.IFLA_TXQLEN)
	b = native.AppendUint32(b, packets)
	if err := unix.Sendto(fd, b, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return err
	}
	answer := make([]byte, 4096)
	n, _, err := unix.Recvfrom(fd, answer, 0)
	switch {
	case err != nil:
		return err
	case n < unix.SizeofNlMsghdr+4 || native.Uint16(answer[4:]) != unix.NLMSG_ERROR:
		return fmt.Errorf("the kernel answered with %d bytes: %w", n, unix.EPROTO)
	}
	if errno := -int32(native.Uint32(answer[unix.SizeofNlMsghdr:])); errno != 0 {
		return unix.Errno(errno)
	}
	return nil
}

// indexOf is the number of an interface.
func indexOf(socket int, name string) (uint32, error) {
	request, err := unix.NewIfreq(name)
	if err != nil {
		return 0, err
	}
	if err := unix.IoctlIfreq(socket, unix.SIOCGIFINDEX, request); err != nil {
		return 0, err
	}
	return request.Uint32(), nil
}
