package link

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"time"

	"rstorm/faults"
	"rstorm/kernel"
	"rstorm/results"
)

// dialTimeout bounds how long a client is kept waiting, connected to the link,
// for a device that does not answer at all.
const dialTimeout = 10 * time.Second

// probeEvery is how often a device that refuses connections is asked again.
const probeEvery = 2 * time.Millisecond

// A device is the far end of the link. Finding out whether it accepts
// connections must not show in its ledger: where its address is on this
// machine's loopback the kernel is asked, not the device; elsewhere the
// connection that a successful question makes is kept for the next client.
type device struct {
	address string
	ip      netip.AddrPort // the address if it is a literal; else invalid
	spare   chan *net.TCPConn
	probing *sync.Mutex // held by who waits for the device to return
}

func newDevice(address string) device {
	ip, _ := netip.ParseAddrPort(address) // a host name leaves it invalid
	return device{address: address, ip: ip, spare: make(chan *net.TCPConn, 1), probing: new(sync.Mutex)}
}

// dial connects to the device.
func (d device) dial(ctx context.Context) (*net.TCPConn, error) {
	for {
		select {
		case c := <-d.spare:
			if quiet(c) {
				return c, nil
			}
			c.Close() // the device has given it up meanwhile
			continue
		default:
		}
		dialer := net.Dialer{Timeout: dialTimeout, KeepAlive: -1}
		c, err := dialer.DialContext(ctx, "tcp", d.address)
		if err != nil {
			return nil, err
		}
		return c.(*net.TCPConn), nil
	}
}

// quiet reports whether c's peer has neither closed nor reset it.
func quiet(c *net.TCPConn) bool {
	fin, _, err := kernelView(c)
	return !fin && err == nil
}

// listens asks the kernel whether somebody listens at the device's address;
// known is false if the kernel can't tell.
func (d device) listens() (yes, known bool) {
	h, err := kernel.Hold(d.ip)
	if err == nil {
		h.Close()
		return false, d.ip.Addr().IsLoopback() // elsewhere a packet filter may lead on
	}
	return errors.Is(err, syscall.EADDRINUSE), errors.Is(err, syscall.EADDRINUSE)
}

// absent reports whether the device is known to refuse connections before any
// client has called.
func (d device) absent() bool {
	yes, known := d.listens()
	return known && !yes
}

// returned asks a device that has refused a connection whether it accepts
// again. With held its port is bound by something that does not listen, such as
// an old connection: then only a call can tell.
func (d device) returned(ctx context.Context, held bool) bool {
	if yes, known := d.listens(); known && !(yes && held) {
		return yes
	}
	c, err := d.dial(ctx)
	if err == nil {
		select {
		case d.spare <- c:
		default:
			c.Close()
		}
	}
	return results.Classify(err) != results.Refused
}

// forget closes the connection that nobody came for.
func (d device) forget() {
	select {
	case c := <-d.spare:
		c.Close()
	default:
	}
}

// deviceLost shuts the gate until the device accepts connections again.
func (l *Link) deviceLost() {
	held, _ := l.device.listens() // though it has just refused
	if !l.device.probing.TryLock() {
		return // it is being waited for already
	}
	l.gate.set(absent, true)
	l.running.Go(func() {
		defer l.device.probing.Unlock()
		for faults.Wait(l.listening, probeEvery) == nil {
			if l.device.returned(l.listening, held) {
				break
			}
		}
		l.gate.set(absent, false)
	})
}
