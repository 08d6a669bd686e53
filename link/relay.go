package link

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"syscall"

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

	ctx     context.Context // ends when nothing passes any more
	cancel  context.CancelFunc
	tasks   sync.WaitGroup // effects that are due later, and the idle watch
	idle    chan struct{}  // says that bytes have passed, to the idle watch; nil if there is none
	touched atomic.Int64   // when they did, since the epoch
	valve   atomic.Pointer[valve]
	sealed  atomic.Bool // an effect is about to end the connection: no new bytes to the device
	tunnel  atomic.Bool // the connection has left HTTP
	partial atomic.Bool // part of a response has passed
	severed atomic.Bool // it has been ended, or both sides have closed it: what still comes is not passed on

	mu        sync.Mutex
	device    *leg // nil until connected
	log       Connection
	exchanges []*exchange
	forwarded int  // of exchanges, in their order
	answered  int  // of exchanges, in their order
	relayed   int  // FINs passed on
	afterFIN  bool // the device's FIN came before its RST
	late      bool // bytes that still come from the client are answered with a RST
}

func newRelay(l *Link, number int, client *net.TCPConn) *relay {
	r := &relay{link: l}
	r.ctx, r.cancel = context.WithCancel(l.alive)
	r.client = newLeg(client, results.ByClient, r.ctx.Done())
	from := client.RemoteAddr().(*net.TCPAddr).AddrPort()
	r.log = Connection{Number: number, Opened: l.since(), Client: netip.AddrPortFrom(from.Addr().Unmap(), from.Port())}
	r.up = newUpFlow(r)
	return r
}

// serve relays the connection to its end.
func (r *relay) serve() {
	defer r.finish()
	if !r.strike(faults.Connect, r.event(nil)) {
		r.up.run()
		return
	}
	conn, err := r.link.device.dial(r.ctx)
	if err != nil {
		r.unreachable(err)
		return
	}
	if !r.connected(conn) {
		r.up.run()
		return
	}
	r.link.shaping.shape(r)
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
	r.log.First, r.log.Reset, r.log.Cause = by, by, cause
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
	r.log.Up = r.up.read.Load()
	if r.down != nil {
		r.log.Down = r.down.read.Load()
	}
	for _, ex := range r.exchanges {
		r.log.Exchanges = append(r.log.Exchanges, ex.Exchange)
	}
}

// entry is the log's entry. It is complete once serve has returned.
func (r *relay) entry() Connection { return r.log }

// noteFIN records that l's peer has closed its side. A client's FIN that is
// read when the device's has come too was the answer to what the device sent
// before its own, so the device was first.
func (r *relay) noteFIN(l *leg) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.log.First != "" {
		return
	}
	r.log.First = l.peer
	if l == r.client && r.device != nil && finArrived(r.device.conn) {
		r.log.First = r.device.peer
	}
}

// noteFailure records the error that the kernel reported on l, if it was a
// RST.
func (r *relay) noteFailure(l *leg) {
	if !isReset(l.failure) {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.log.First == "" {
		r.log.First = l.peer
	}
	if r.log.Reset == "" {
		r.log.Reset = l.peer
		r.afterFIN = l.gotFIN.Load() || errors.Is(l.failure, syscall.EPIPE)
	}
}

// passing reports whether bytes may pass, once what holds them has let go.
func (r *relay) passing(f *flow) bool {
	for v := r.valve.Load(); v != nil && r.ctx.Err() == nil; v = r.valve.Load() {
		v.wait(f)
	}
	return !r.severed.Load() && r.ctx.Err() == nil
}
