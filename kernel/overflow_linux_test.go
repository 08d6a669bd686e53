package kernel_test

import (
	"errors"
	"io"
	"net"
	"syscall"
	"testing"

	"rstorm/kernel"
	"rstorm/kernel/kerneltest"
)

func TestAnOverflowingDoorAnswersWithARSTUntilItIsFree(t *testing.T) {
	if !kerneltest.Private(t) {
		return
	}
	l := listen(t)
	free, err := kernel.Overflow(l)
	if err != nil {
		t.Fatal(err)
	}
	const clients = 3
	before := kerneltest.OutRsts(t)
	for range clients {
		c := dial(t, l) // a handshake begins at once, or with its second SYN
		write(t, c, "request")
		if _, err := io.ReadAll(c); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("the client read %v, want ECONNRESET", err)
		}
	}
	if sent := kerneltest.OutRsts(t) - before; sent < clients { // each segment on its way gets one
		t.Errorf("the kernel sent %d RST to %d clients", sent, clients)
	}
	accepted, err := free()
	if err != nil || len(accepted) != 0 {
		t.Fatalf("free: %v, %v", accepted, err)
	}
	c := dial(t, l)
	write(t, c, "request")
	mustRead(t, accept(t, l), "request")
}

func TestAnOverflowingDoorAnswersManyAtOnce(t *testing.T) {
	if !kerneltest.Private(t) {
		return
	}
	l := listen(t)
	early := dial(t, l)
	free, err := kernel.Overflow(l)
	if err != nil {
		t.Fatal(err)
	}
	var clients []*net.TCPConn
	for range 8 {
		c, err := net.DialTimeout("tcp4", l.Addr().String(), giveUp)
		if err != nil {
			t.Fatal(err)
		}
		clients = append(clients, bounded(t, c.(*net.TCPConn)))
	}
	for _, c := range clients {
		if _, err := c.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) { // it never said anything
			t.Errorf("the client read %v, want ECONNRESET", err)
		}
	}
	accepted, err := free()
	if err != nil || len(accepted) != 1 {
		t.Fatalf("free: %v, %v, want the one from before", accepted, err)
	}
	write(t, early, "request")
	mustRead(t, bounded(t, accepted[0]), "request")
}

func TestTheMachinesOwnListenersAreLeftAlone(t *testing.T) {
	if kernel.Isolated() {
		t.Skip("in a private network")
	}
	if err := kernel.AbortOnOverflow(true); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("AbortOnOverflow: %v", err)
	}
	if _, err := kernel.Overflow(listen(t)); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("Overflow: %v", err)
	}
}
