package kernel

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// isolated names the environment variable that tells a process from which
// network it was taken away.
const isolated = "RSTORM_NETWORK_OF_PARENT"

// outside names the one that tells it who had it taken away: in a user
// namespace everyone is root.
const outside = "RSTORM_USER_OF_PARENT"

// networkOf is the link that names a process's network namespace.
const networkOf = "/proc/self/ns/net"

// Isolate makes cmd, not yet started, start in a network namespace of its own:
// no address in it is known outside, and no port in use. Root needs nothing
// more; anyone else gets a user namespace too, in which it is root
// (user_namespaces(7)). The process is killed when its parent dies. Where the
// machine forbids namespaces, starting cmd fails: with EPERM or, when
// max_user_namespaces is 0, ENOSPC. The process must begin with [Raise].
func Isolate(cmd *exec.Cmd) error {
	here, err := os.Readlink(networkOf)
	if err != nil {
		return fmt.Errorf("naming this network: %w", err)
	}
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	attr := cmd.SysProcAttr
	attr.Cloneflags |= syscall.CLONE_NEWNET
	attr.Pdeathsig = syscall.SIGKILL
	if os.Geteuid() != 0 {
		attr.Cloneflags |= syscall.CLONE_NEWUSER
		attr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Geteuid(), Size: 1}}
		attr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getegid(), Size: 1}}
	}
	cmd.Env = append(cmd.Environ(), isolated+"="+here, outside+"="+strconv.Itoa(os.Geteuid()))
	return nil
}

// Isolated reports whether this process, or one of its parents, was started by
// [Isolate] and is still away from the network it was taken from.
func Isolated() bool {
	from := os.Getenv(isolated)
	here, err := os.Readlink(networkOf)
	return from != "" && err == nil && here != from
}

// Root reports whether this process is the machine's root, and not merely that
// of the user namespace that [Isolate] gave it.
func Root() bool { return os.Geteuid() == 0 && (!Isolated() || os.Getenv(outside) == "0") }

// Raise sets up loopback, IPv4 and, where the kernel has it, IPv6, in the
// private network this process was started in, and proves that a connection
// over it works. An error says that the namespace is no use here: some
// systems grant one and deny every right in it (EPERM).
func Raise() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("asking for a socket in the private network: %w", err)
	}
	defer unix.Close(fd)
	if err := raise(fd, "lo"); err != nil {
		return fmt.Errorf("setting loopback up in the private network: %w", err)
	}
	if err := loops(); err != nil {
		return fmt.Errorf("connecting over loopback in the private network: %w", err)
	}
	return nil
}

// raise sets an interface up (netdevice(7)); lo gets its addresses by it.
func raise(fd int, name string) error {
	request, err := unix.NewIfreq(name)
	if err != nil {
		return err
	}
	if err := unix.IoctlIfreq(fd, unix.SIOCGIFFLAGS, request); err != nil {
		return err
	}
	request.SetUint16(request.Uint16() | unix.IFF_UP)
	return unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, request)
}

// patience is how long a connection over loopback may take before there is
// taken to be none.
const patience = 10 * time.Second

// loops proves that TCP works over loopback: a connection is made and a byte
// goes through it.
func loops() (err error) {
	ln, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ln.Close()) }()
	until := time.Now().Add(patience)
	if err := ln.(*net.TCPListener).SetDeadline(until); err != nil {
		return err
	}
	near, err := net.DialTimeout("tcp4", ln.Addr().String(), patience)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, near.Close()) }()
	far, err := ln.Accept()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, far.Close()) }()
	if err := far.SetDeadline(until); err != nil {
		return err
	}
	var got [1]byte
	if _, err := near.Write([]byte{'!'}); err != nil {
		return err
	}
	if _, err := far.Read(got[:]); err != nil || got[0] != '!' {
		return fmt.Errorf("a byte over loopback came as %q: %w", got, err)
	}
	return nil
}
