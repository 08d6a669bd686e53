package kernel

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"os"

	"golang.org/x/sys/unix"
)

// A TUN is a network interface whose other end is this process: what the
// kernel routes to it is read here, and what is written here arrives from it.
type TUN struct{ file *os.File }

// OpenTUN makes the interface name in this network namespace, gives it the
// IPv4 address and its prefix, and sets it up: the other addresses of the
// prefix are then routed to it. It goes away when it is closed. An error wraps
// the errno: EPERM without the right to make one, EBUSY if there is one of
// that name, ENOENT where the system has no TUN devices.
func OpenTUN(name string, address netip.Prefix) (*TUN, error) {
	if !address.Addr().Is4() {
		return nil, fmt.Errorf("opening TUN device %s: %v is no IPv4 address", name, address)
	}
	fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("opening /dev/net/tun: %w", err)
	}
	if err := attach(fd, name, address); err != nil {
		return nil, errors.Join(fmt.Errorf("opening TUN device %s: %w", name, err), unix.Close(fd))
	}
	// Only now: before it is attached the descriptor can't be polled.
	return &TUN{file: os.NewFile(uintptr(fd), name)}, nil
}

// attach makes the interface of fd: whole IP packets without a header of the
// device's own, and no offloads, so that packets are segmented and summed.
func attach(fd int, name string, address netip.Prefix) error {
	request, err := unix.NewIfreq(name)
	if err != nil {
		return err
	}
	request.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI | unix.IFF_TUN_EXCL)
	if err := unix.IoctlIfreq(fd, unix.TUNSETIFF, request); err != nil {
		return fmt.Errorf("making it: %w", err)
	}
	if err := unix.IoctlSetInt(fd, unix.TUNSETOFFLOAD, 0); err != nil {
		return fmt.Errorf("setting offloads off: %w", err)
	}
	if err := lengthen(name, ring); err != nil {
		return fmt.Errorf("making room in it: %w", err)
	}
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(socket)
	if err := addressed(socket, name, address); err != nil {
		return fmt.Errorf("giving it %v: %w", address, err)
	}
	return raise(socket, name)
}

// addressed gives an interface its MTU, its address and its prefix
// (netdevice(7)).
func addressed(socket int, name string, address netip.Prefix) error {
	request, err := unix.NewIfreq(name)
	if err != nil {
		return err
	}
	request.SetUint32(MTU)
	if err := unix.IoctlIfreq(socket, unix.SIOCSIFMTU, request); err != nil {
		return err
	}
	var mask [4]byte
	binary.BigEndian.PutUint32(mask[:], ^uint32(0)<<(32-address.Bits()))
	ip := address.Addr().As4()
	for _, set := range []struct {
		what  uint
		value [4]byte
	}{{unix.SIOCSIFADDR, ip}, {unix.SIOCSIFNETMASK, mask}} {
		if request, err = unix.NewIfreq(name); err != nil {
			return err
		}
		if err := request.SetInet4Addr(set.value[:]); err != nil {
			return err
		}
		if err := unix.IoctlIfreq(socket, set.what, request); err != nil {
			return err
		}
	}
	return nil
}

// Read reads one whole IP packet; what does not fit into b is lost. It waits
// for one, and returns an error that wraps [os.ErrClosed] once t is closed.
func (t *TUN) Read(b []byte) (int, error) { return t.file.Read(b) }

// Write lets one whole IP packet arrive from the interface.
func (t *TUN) Write(b []byte) (int, error) { return t.file.Write(b) }

// Close removes the interface and wakes a waiting Read.
func (t *TUN) Close() error { return t.file.Close() }

// CanTUN reports why no TUN device can be had in this network namespace, by
// making one; nil if it can.
func CanTUN() error {
	probe, err := OpenTUN(fmt.Sprintf("probe%d", os.Getpid()), netip.MustParsePrefix("192.0.2.1/30"))
	if err != nil {
		return err
	}
	return probe.Close()
}
