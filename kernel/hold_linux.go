package kernel

import (
	"errors"
	"net/netip"
	"os"
	"syscall"
)

// A Held is an address that is bound and not listened on. The kernel refuses
// connections to it, hands its port to nobody else, and still lets a socket
// with SO_REUSEADDR, as package net sets it, listen there.
type Held struct {
	fd   int
	addr netip.AddrPort
}

// Hold holds addr, any free port if its port is 0. A port that is only closed
// is free for the next outgoing connection to take; this one never is. It fails
// with EADDRINUSE if somebody listens there, and with [errors.ErrUnsupported]
// if addr is not one address.
func Hold(addr netip.AddrPort) (*Held, error) {
	ip := addr.Addr().Unmap()
	if !ip.IsValid() || ip.IsUnspecified() || ip.Zone() != "" {
		return nil, errors.ErrUnsupported
	}
	family, sa := syscall.AF_INET, syscall.Sockaddr(&syscall.SockaddrInet4{Port: int(addr.Port())})
	if ip.Is4() {
		sa.(*syscall.SockaddrInet4).Addr = ip.As4()
	} else {
		family, sa = syscall.AF_INET6, &syscall.SockaddrInet6{Port: int(addr.Port()), Addr: ip.As16()}
	}
	fd, err := syscall.Socket(family, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	h := &Held{fd: fd}
	if err := errors.Join(syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1), syscall.Bind(fd, sa)); err != nil {
		return nil, errors.Join(os.NewSyscallError("bind", err), h.Close())
	}
	switch sa, err := syscall.Getsockname(fd); sa := sa.(type) {
	case *syscall.SockaddrInet4:
		h.addr = netip.AddrPortFrom(ip, uint16(sa.Port))
	case *syscall.SockaddrInet6:
		h.addr = netip.AddrPortFrom(ip, uint16(sa.Port))
	default:
		return nil, errors.Join(os.NewSyscallError("getsockname", err), h.Close())
	}
	return h, nil
}

// Addr is the address that is held.
func (h *Held) Addr() netip.AddrPort { return h.addr }

// Close gives the address up.
func (h *Held) Close() error { return os.NewSyscallError("close", syscall.Close(h.fd)) }
