package kernel_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"rstorm/kernel"
	"rstorm/kernel/kerneltest"
)

func TestAPrivateNetworkHasLoopbackAndNothingElse(t *testing.T) {
	if !kerneltest.Private(t) {
		return
	}
	all, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range all {
		up := i.Flags&net.FlagUp != 0
		if up != (i.Name == "lo") {
			t.Errorf("interface %s is up: %t", i.Name, up)
		}
	}
	for _, address := range []string{"127.0.0.1:0", "[::1]:0"} {
		ln, err := net.Listen("tcp", address)
		if errors.Is(err, syscall.EADDRNOTAVAIL) || errors.Is(err, syscall.EAFNOSUPPORT) {
			t.Logf("the kernel has no IPv6: %v", err)
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		c, err := net.Dial("tcp", ln.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		c.Close()
		ln.Close()
	}
}

func TestInAPrivateNetworkTheCountersAreItsOwn(t *testing.T) {
	if !kerneltest.Private(t) {
		return
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := ln.Addr().String()
	ln.Close()
	before := kerneltest.OutRsts(t)
	if _, err := net.Dial("tcp", nobody); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Fatalf("dialling a closed port: %v", err)
	}
	if got := kerneltest.OutRsts(t) - before; got != 1 {
		t.Errorf("the kernel sent %d RSTs for one refusal", got)
	}
}

func TestTheMarkAloneIsNoIsolation(t *testing.T) {
	here, err := os.Readlink("/proc/self/ns/net")
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("RSTORM_NETWORK_OF_PARENT", here)
	if kernel.Isolated() {
		t.Error("a process in the network of its parent takes itself for isolated")
	}
}

func TestIsolateKeepsTheCommandsEnvironment(t *testing.T) {
	cmd := exec.Command("true")
	cmd.Env = []string{"A=1"}
	if err := kernel.Isolate(cmd); err != nil {
		t.Fatal(err)
	}
	if len(cmd.Env) != 3 || cmd.Env[0] != "A=1" {
		t.Errorf("the environment is %q", cmd.Env)
	}
}

func TestATUNCarriesWholePackets(t *testing.T) {
	if !kerneltest.Private(t) {
		return
	}
	if err := kernel.CanTUN(); err != nil {
		t.Skip(err)
	}
	tun, err := kernel.OpenTUN("t0", netip.MustParsePrefix("10.9.8.1/30"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := kernel.OpenTUN("t0", netip.MustParsePrefix("10.9.8.5/30")); !errors.Is(err, syscall.EBUSY) {
		t.Errorf("a second of the same name: %v", err)
	}
	in, err := net.ListenPacket("udp4", "10.9.8.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	port := in.LocalAddr().(*net.UDPAddr).Port
	if _, err := in.WriteTo([]byte("hello"), &net.UDPAddr{IP: net.IPv4(10, 9, 8, 2), Port: port}); err != nil {
		t.Fatal(err)
	}
	// The neighbour's address answers: source and destination change places.
	var b [kernel.MTU]byte
	for {
		n, err := tun.Read(b[:])
		if err != nil {
			t.Fatal(err)
		}
		if b[0]>>4 != 4 { // the kernel looks for IPv6 routers
			continue
		}
		var source [4]byte
		copy(source[:], b[12:16])
		copy(b[12:16], b[16:20])
		copy(b[16:20], source[:])
		if _, err := tun.Write(b[:n]); err != nil {
			t.Fatal(err)
		}
		break
	}
	n, from, err := in.ReadFrom(b[:])
	if err != nil || string(b[:n]) != "hello" || from.(*net.UDPAddr).IP.String() != "10.9.8.2" {
		t.Errorf("%q came back from %v: %v", b[:n], from, err)
	}
	woken := make(chan error)
	go func() {
		for {
			if _, err := tun.Read(b[:]); err != nil {
				woken <- err
				return
			}
		}
	}()
	if err := tun.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-woken; !errors.Is(err, os.ErrClosed) || errors.Is(err, io.EOF) {
		t.Errorf("a waiting read ended with %v", err)
	}
}

func TestATUNLosesNothingThatWaits(t *testing.T) {
	if !kerneltest.Private(t) {
		return
	}
	if err := kernel.CanTUN(); err != nil {
		t.Skip(err)
	}
	tun, err := kernel.OpenTUN("t0", netip.MustParsePrefix("10.9.8.1/30"))
	if err != nil {
		t.Fatal(err)
	}
	defer tun.Close()
	out, err := net.Dial("udp4", "10.9.8.2:9")
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	const packets = 5000
	for i := range packets {
		if _, err := out.Write([]byte{byte(i >> 8), byte(i)}); err != nil {
			t.Fatal(err)
		}
	}
	var b [kernel.MTU]byte
	for i := 0; i < packets; {
		n, err := tun.Read(b[:])
		if err != nil {
			t.Fatal(err)
		}
		if b[0]>>4 != 4 {
			continue
		}
		if got := int(b[n-2])<<8 | int(b[n-1]); got != i {
			t.Fatalf("packet %d comes in place of %d", got, i)
		}
		i++
	}
}

func TestRootOfAPrivateNetworkIsNotTheMachinesRoot(t *testing.T) {
	want := kernel.Root()
	cmd := exec.Command(os.Args[0], "-test.run=^TestRootOfAPrivateNetworkIsNotTheMachinesRoot$")
	if kernel.Isolated() {
		if os.Geteuid() != 0 || kernel.Root() != (os.Getenv("WAS_ROOT") == "true") {
			t.Errorf("user %d there, the machine's root: %v, was root outside: %s", os.Geteuid(), kernel.Root(), os.Getenv("WAS_ROOT"))
		}
		return
	}
	cmd.Env = append(os.Environ(), fmt.Sprintf("WAS_ROOT=%v", want))
	if err := kernel.Isolate(cmd); err != nil {
		t.Skip(err)
	}
	out, err := cmd.CombinedOutput()
	if _, ran := errors.AsType[*exec.ExitError](err); err != nil && !ran {
		t.Skipf("no private network here: %v", err)
	}
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
