package link

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"rstorm/faults"
	"rstorm/kernel"
)

// A bar is a reason for which a gate lets no connections in.
type bar uint8

const (
	waiting  bar = 1 << iota // not yet started
	refusing                 // effect refuse
	absent                   // the device itself refuses
	over                     // the link is closing
	jammed                   // effect drop-syn: it listens, and its queue is full
	aborting                 // the jam resets what comes; no bar by itself
)

// ajar are the bars with which the gate still listens.
const ajar = jammed | aborting

// A gate listens on one address, or does not: while a bar is set nothing
// listens there, and the kernel refuses connections (ECONNREFUSED); but jammed
// makes it drop them.
type gate struct {
	addr  *net.TCPAddr
	hold  io.Closer // keeps the port ours; nil if the system can't
	serve func(*net.TCPConn)
	fail  func(error)

	mu        sync.Mutex
	bars      bar
	ln        *net.TCPListener
	stop      context.CancelFunc             // of accepting; nil if nobody does
	free      func() ([]*net.TCPConn, error) // undoes a jam; nil if there is none
	aborts    bool                           // the jam resets what it does not take
	accepting sync.WaitGroup
	failed    bool
}

// newGate claims address, without listening yet. Connections go to serve,
// which must not block; what goes wrong later goes to fail.
func newGate(address string, serve func(*net.TCPConn), fail func(error)) (*gate, error) {
	addr, err := net.ResolveTCPAddr("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	g := &gate{addr: addr, serve: serve, fail: fail, bars: waiting}
	if held, err := kernel.Hold(addr.AddrPort()); err == nil {
		g.hold, g.addr = held, net.TCPAddrFromAddrPort(held.Addr())
		return g, nil
	}
	if g.ln, err = listen(addr); err != nil {
		return nil, err
	}
	g.addr = g.ln.Addr().(*net.TCPAddr)
	return g, nil
}

// listen is without keep-alive probes: a connection is to see what its ends
// send and nothing else.
func listen(addr *net.TCPAddr) (*net.TCPListener, error) {
	config := net.ListenConfig{KeepAlive: -1}
	config.SetMultipathTCP(false) // nor what the device might not speak
	ln, err := config.Listen(context.Background(), "tcp", addr.String())
	if err != nil {
		return nil, err
	}
	return ln.(*net.TCPListener), nil
}

// start lifts the first bar. It fails if the address can't be listened on.
func (g *gate) start() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.bars &^= waiting
	return g.move()
}

// set sets or lifts a bar. When it returns, the gate has followed.
func (g *gate) set(b bar, on bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.bars |= b; !on {
		g.bars &^= b
	}
	if err := g.move(); err != nil {
		g.fail(err)
	}
}

// move opens or shuts the gate as its bars demand. Its caller holds the mutex.
func (g *gate) move() error {
	if g.bars&^(waiting|ajar) != 0 && g.ln != nil {
		return g.shut()
	}
	if g.bars&^ajar != 0 {
		return nil
	}
	if g.ln == nil {
		ln, err := listen(g.addr)
		if err != nil {
			return fmt.Errorf("listen again: %w", err)
		}
		g.ln = ln
	}
	if g.bars&jammed != 0 {
		g.rest()
		return g.jam()
	}
	if err := g.unjam(); err != nil {
		return err
	}
	if g.stop != nil {
		return nil
	}
	g.ln.SetDeadline(time.Time{})
	var ctx context.Context
	ctx, g.stop = context.WithCancel(context.Background())
	ln := g.ln
	g.accepting.Go(func() { g.acceptFrom(ctx, ln) })
	return nil
}

// shut stops listening. Connections that the kernel has completed by now were
// made before: they are served.
func (g *gate) shut() error {
	g.rest()
	err := g.unjam()
	for _, c := range pending(g.ln) {
		g.serve(c)
	}
	err = errors.Join(err, kernel.Shut(g.ln))
	g.ln = nil
	return err
}

// rest stops accepting.
func (g *gate) rest() {
	if g.stop != nil {
		g.stop()
		g.ln.SetDeadline(time.Unix(1, 0))
		g.accepting.Wait()
		g.stop = nil
	}
}

// acceptFrom lets connections in until ctx has ended and ln has a deadline.
func (g *gate) acceptFrom(ctx context.Context, ln *net.TCPListener) {
	for ctx.Err() == nil {
		c, err := ln.AcceptTCP()
		if err == nil {
			g.serve(c)
			continue
		}
		if ctx.Err() == nil && !g.failed {
			g.failed = true // once: out of descriptors is an error a thousand times a second
			g.fail(fmt.Errorf("accept: %w", err))
		}
		faults.Wait(ctx, time.Millisecond)
	}
}

// release gives the address up. Nothing listens on it any more.
func (g *gate) release() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.hold == nil {
		return nil
	}
	err := g.hold.Close()
	g.hold = nil
	return err
}
