package kernel

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// AbortOnOverflow says, for every listener of the private network that this
// process runs in, what the kernel does with a connection whose handshake
// completes when the accept queue is full: answer with a RST, or wait for the
// client to try again, as it does unless told otherwise (tcp_abort_on_overflow,
// tcp(7)). A SYN that meets a full queue is dropped either way: see [Overflow].
// Outside of a private network it changes nothing and returns an error that
// wraps [errors.ErrUnsupported].
func AbortOnOverflow(on bool) error {
	const doing = "answer an overflowing accept queue with a RST"
	if !Isolated() {
		return fmt.Errorf("%s: %w: it would be so for every listener of this machine", doing, errors.ErrUnsupported)
	}
	value := "0"
	if on {
		value = "1"
	}
	if err := os.WriteFile("/proc/sys/net/ipv4/tcp_abort_on_overflow", []byte(value), 0); err != nil {
		return fmt.Errorf("%s: %w: %w", doing, errors.ErrUnsupported, err)
	}
	return nil
}

// Overflow is as [Jam], with the difference that who comes is not kept waiting:
// the handshake begins while the queue still has room and completes when it has
// not, so that the kernel answers what the client sends next with a RST
// (tcp_abort_on_overflow). That takes a retransmission of the client's: its
// first segments behind the SYN are dropped by a filter, until the queue is
// full. A SYN that comes just then is dropped, and comes again after a second.
// It works in a private network only, where it leaves [AbortOnOverflow] on, and
// for a listener of plain TCP: see [net.ListenConfig.SetMultipathTCP].
func Overflow(l *net.TCPListener) (free func() (accepted []*net.TCPConn, err error), err error) {
	if err := AbortOnOverflow(true); err != nil {
		return nil, err
	}
	_, backlog, err := queue(l)
	if err != nil {
		return nil, err
	}
	plug, err := plugIn(l)
	if err != nil {
		return nil, fmt.Errorf("plug the accept queue: %w", err)
	}
	t := &trap{listener: l}
	if err := t.open(); err != nil {
		_, unplugged := unplug(l, plug)
		return nil, errors.Join(err, unplugged)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- t.watch(ctx) }()
	return func() ([]*net.TCPConn, error) {
		cancel()
		err := errors.Join(unlessClosed(<-ended), unlessClosed(t.dissolve()))
		accepted, unplugged := unplug(l, plug)
		return accepted, errors.Join(err, unplugged, unlessClosed(Backlog(l, backlog)))
	}, nil
}

// trap is a listener that lets handshakes begin, or overflows.
type trap struct {
	listener *net.TCPListener
	filtered bool
}

// watch shuts the trap when a client is in it and opens it when none is.
func (t *trap) watch(ctx context.Context) error {
	look := time.NewTicker(5 * time.Millisecond) // the kernel has no event for it
	defer look.Stop()
	for {
		caught, err := halfOpen(t.listener.Addr().(*net.TCPAddr).Port)
		switch {
		case err != nil:
		case caught:
			err = t.shut()
		case !t.filtered:
			err = t.open()
		}
		if err != nil {
			return err
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// open makes room in the queue, and lets no handshake complete.
func (t *trap) open() error {
	onlySYN := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_B | unix.BPF_ABS, K: 13}, // the flags; the packet begins at its TCP header
		{Code: unix.BPF_ALU | unix.BPF_AND | unix.BPF_K, K: 0x12},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: 0x02, Jf: 1}, // of SYN and ACK, SYN alone
		{Code: unix.BPF_RET | unix.BPF_K, K: 0xffff},
		{Code: unix.BPF_RET | unix.BPF_K, K: 0},
	}
	err := control("attach a filter that lets SYNs pass", t.listener, func(fd int) error {
		return unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &unix.SockFprog{Len: uint16(len(onlySYN)), Filter: &onlySYN[0]})
	})
	if err == nil {
		t.filtered = true
		err = Backlog(t.listener, 1<<12)
	}
	return err
}

// shut takes the room away, and lets handshakes complete, in vain. Somebody
// else in this network may have turned the RST off since.
func (t *trap) shut() error {
	return errors.Join(AbortOnOverflow(true), Backlog(t.listener, 0), t.dissolve())
}

// dissolve detaches the filter, if it is there.
func (t *trap) dissolve() error {
	if !t.filtered {
		return nil
	}
	t.filtered = false
	return control("detach the filter that lets SYNs pass", t.listener, func(fd int) error {
		return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_DETACH_FILTER, 0)
	})
}

// halfOpen reports whether a handshake with the port has begun and is not
// complete (proc_net_tcp in the kernel's documentation: state 03 is SYN-RECV).
func halfOpen(port int) (bool, error) {
	for _, table := range []string{"/proc/thread-self/net/tcp", "/proc/thread-self/net/tcp6"} {
		text, err := os.ReadFile(table)
		if err != nil && !errors.Is(err, os.ErrNotExist) { // of IPv6, there may be none
			return false, fmt.Errorf("look for half-open connections: %w", err)
		}
		for line := range strings.Lines(string(text)) {
			f := strings.Fields(line)
			if len(f) > 3 && f[3] == "03" && strings.HasSuffix(f[1], fmt.Sprintf(":%04X", port)) {
				return true, nil
			}
		}
	}
	return false, nil
}
