package link

import (
	"cmp"
	"context"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"

	"rstorm/faults"
	"rstorm/results"
)

// A relay carries one connection of a client to the device: two legs, and a
// flow in each direction between them.
type relay struct {
	link   *Link
	client *leg
	up     *flow // client to device
	down   *flow // device to client

	ctx      context.Context // ends when nothing passes any more
	cancel   context.CancelFunc
	tasks    sync.WaitGroup // effects that are due later, and the idle watch
	idle     chan struct{}  // says that bytes have passed, to the idle watch; nil if there is none
	touched  atomic.Int64   // when they did, since the epoch
	ending   atomic.Bool    // the last bytes of a response are being written
	turn     chan struct{}  // says that a response has passed
	valve    atomic.Pointer[valve]
	timeline atomic.Pointer[timeline] // nil if nothing lasts
	sealed   atomic.Bool              // an effect is about to end the connection: no new bytes to the device
	tunnel   atomic.Bool              // the connection has left HTTP
	partial  atomic.Bool              // part of a response has passed
	severed  atomic.Bool              // it has been ended, or both sides have closed it: what still comes is not passed on

	mu        sync.Mutex
	device    *leg // nil until connected
	log       Connection
	exchanges []*exchange
	stops     []stop // faults at request, in the order of their bytes
	hole      *hole  // the last black hole; nil if there was none
	forwarded int    // of exchanges, in their order
	answered  int    // of exchanges, in their order
	relayed   int    // FINs passed on
	afterFIN  bool   // the device's FIN came before its RST
	late      bool   // bytes that still come from the client are answered with a RST
}

func newRelay(l *Link, number int, client *net.TCPConn) *relay {
	r := &relay{link: l, turn: make(chan struct{}, 1)}
	r.ctx, r.cancel = context.WithCancel(l.alive)
	r.client = newLeg(client, results.ByClient, r.ctx.Done())
	r.log = Connection{Number: number, Opened: l.since(), Client: addrPort(client.RemoteAddr()), Called: -1, Connected: -1, FINRead: -1, FINPassed: -1, ResetAt: -1}
	r.up = newUpFlow(r)
	return r
}

// addrPort reads the address of a TCP socket; it is not valid if the kernel has
// forgotten it, as it does a peer's that reset before it was accepted.
func addrPort(a net.Addr) netip.AddrPort {
	tcp, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.AddrPort{}
	}
	addr := tcp.AddrPort()
	return netip.AddrPortFrom(addr.Addr().Unmap(), addr.Port())
}

// serve relays the connection to its end.
func (r *relay) serve() {
	defer r.finish()
	if !r.strike(faults.Connect, r.event(nil)) {
		r.up.run()
		return
	}
	r.noteCall()
	conn, err := r.link.device.dial(r.ctx)
	if err != nil {
		r.unreachable(err)
		return
	}
	if !r.connected(conn) {
		r.up.run()
		return
	}
	r.prepare()
	r.watchIdle()
	var down sync.WaitGroup
	down.Go(r.down.run)
	r.up.run()
	down.Wait()
}

// connected enters the leg to the device, unless the connection has been ended
// meanwhile.
func (r *relay) connected(conn *net.TCPConn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.severed.Load() {
		conn.Close()
		return false
	}
	r.device = newLeg(conn, results.ByDevice, r.ctx.Done())
	r.log.Device, r.log.Connected = addrPort(conn.LocalAddr()), r.link.since()
	r.hole.swallow(r, r.device)
	r.up.to = r.device
	r.down = newDownFlow(r)
	return true
}

// unreachable ends a connection whose device could not be reached. The client
// is connected already, so the nearest thing to a refusal is a RST; those that
// call after it are refused, for the gate is shut first.
func (r *relay) unreachable(err error) {
	refused := results.Classify(err) == results.Refused
	if refused {
		r.link.deviceLost()
	}
	r.mu.Lock()
	if r.ctx.Err() != nil { // the dial was cancelled, by who ends the connection
		r.mu.Unlock()
		r.up.run()
		return
	}
	defer r.mu.Unlock()
	r.sever()
	r.log.DialErr = err
	by, cause := results.ByLink, causeUnknown
	switch {
	case refused:
		by, cause = results.ByDevice, "refused"
	case isReset(err): // it accepted, and reset before connect(2) returned here
		by = results.ByDevice
	}
	r.learn()
	r.log.First = cmp.Or(r.log.First, by)
	if r.log.Reset == "" {
		r.log.Reset, r.log.Cause, r.log.ResetAt = by, cause, r.link.since()
	}
	r.client.abort()
}

// finish waits for what the relay has started and closes both legs.
func (r *relay) finish() {
	r.cancel()
	r.tasks.Wait()
	for _, l := range []*leg{r.client, r.device} {
		if l == nil {
			continue
		}
		if _, _, err := kernelView(l.conn); err != nil {
			l.fail(err)
			r.noteFailure(l)
		}
		l.conn.Close()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sever() // from here on the entry stands
	r.log.Closed = r.link.since()
	r.log.Cause = r.cause()
	r.log.Up, r.log.Taken = r.up.read.Load(), r.up.requests.passed
	if r.down != nil {
		r.log.Down = r.down.read.Load()
	}
	for _, ex := range r.exchanges {
		r.log.Exchanges = append(r.log.Exchanges, ex.Exchange)
	}
}

// entry is the log's entry. It is complete once serve has returned.
func (r *relay) entry() Connection { return r.log }

// write hands b to l's socket and reports whether it took all of it. A socket
// gives its error to one caller only, so that must be noted here: l's reader
// may be waiting to hear of it. Behind a FIN, which nothing can follow, it is
// left to the reader.
func (r *relay) write(l *leg, b []byte) bool {
	if l.sentFIN.Load() {
		return false
	}
	_, err := l.conn.Write(b)
	if err != nil && !r.severed.Load() && !l.sentFIN.Load() {
		l.fail(err)
		r.noteFailure(l)
	}
	return err == nil
}

// passing reports whether bytes may pass, once what holds them has let go.
func (r *relay) passing(f *flow) bool {
	for v := r.valve.Load(); v != nil && r.ctx.Err() == nil; v = r.valve.Load() {
		v.wait(f)
	}
	return !r.severed.Load() && r.ctx.Err() == nil
}
