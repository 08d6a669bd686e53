package link

import (
	"errors"
	"net"
	"syscall"
	"testing"
	"time"
)

// An old connection of a dead device may hold its port: binding it fails as if
// somebody listened there.
func TestDeadDeviceWhosePortIsHeldIsRefused(t *testing.T) {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(fd)
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	name, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	held := net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: name.(*syscall.SockaddrInet4).Port}
	l := openLink(t, held.String())
	for deadline := time.Now().Add(10 * time.Second); ; {
		c, err := net.Dial("tcp", l.Addr())
		if errors.Is(err, syscall.ECONNREFUSED) {
			break
		}
		if err == nil {
			c.Read(make([]byte, 1)) // until the link has learnt that nobody is there
			c.Close()
		}
		if time.Now().After(deadline) {
			t.Fatalf("dialling met %v, want ECONNREFUSED", err)
		}
	}
	for range 20 {
		if c, err := net.Dial("tcp", l.Addr()); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("dialling again met %v, %v", c, err)
		}
	}
	for _, c := range closeLink(t, l) {
		if !errors.Is(c.DialErr, syscall.ECONNREFUSED) || c.Cause != "refused" {
			t.Errorf("connection %+v", c)
		}
	}
}
