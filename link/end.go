package link

import (
	"cmp"

	"rstorm/results"
)

// A cut is why the link ends a connection: the log's Injected, and its Cause
// should it come to a RST.
type cut struct {
	fault, cause string
	unread       string // the cause if it comes to a RST because bytes lie unread; default close-collision
}

// sever claims the ending of the connection: nothing passes from here on. Only
// the first claim succeeds. Its caller holds the mutex, and ends the context
// when the sockets are as they should be: flows that were held go on then.
func (r *relay) sever() bool { return r.severed.CompareAndSwap(false, true) }

// byLink records c, for a connection that the link ends. Its caller holds the
// mutex.
func (r *relay) byLink(c cut, reset bool) {
	r.learn()
	r.log.First = cmp.Or(r.log.First, results.ByLink)
	r.log.Injected = c.fault
	if reset {
		r.resetByLink(c.cause)
	}
}

// resetByLink records a RST of the link's own. Its caller holds the mutex.
func (r *relay) resetByLink(cause string) {
	if r.log.Reset == "" {
		r.log.Reset, r.log.Cause, r.log.ResetAt = results.ByLink, cause, r.link.since()
	}
}

// endByReset ends the connection with a RST on both legs.
func (r *relay) endByReset(c cut) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.sever() {
		return
	}
	defer r.cancel()
	r.byLink(c, true)
	r.client.abort()
	if r.device != nil {
		r.device.abort()
	}
}

// endByClose closes the client's leg as close(2) does: what lies unread there
// makes it a RST at once, and what comes later is answered with one. The
// device gets a FIN, and what it still sends is thrown away.
func (r *relay) endByClose(c cut) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.sever() {
		return
	}
	defer r.cancel()
	r.byLink(c, false)
	r.closeClient(cmp.Or(c.unread, "close-collision"))
	r.dismissDevice()
}

// endByFIN ends the connection in order, whatever the client has sent
// meanwhile. What it still sends is answered with a RST if late is set, else
// thrown away until it closes.
func (r *relay) endByFIN(c cut, late bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.sever() {
		defer r.cancel()
		r.byLink(c, false)
		r.late = late
		r.client.sendFIN()
		r.dismissDevice()
	}
}

// closeClient closes the client's leg. If bytes lie unread there that is a
// RST, for the given cause. If not, the leg stays open to learn what comes
// later. Its caller holds the mutex and has severed the connection.
func (r *relay) closeClient(cause string) {
	if unread(r.client.conn) {
		r.resetByLink(cause)
		r.client.conn.Close()
		return
	}
	r.late = true
	r.client.sendFIN()
}

// dismissDevice ends the device's leg in order. Its caller holds the mutex.
func (r *relay) dismissDevice() {
	if r.device != nil {
		r.device.sendFIN()
	}
}

// lateBytes answers bytes of the client that came after its leg was closed.
// Whether the client could have known of the close the log can't tell.
func (r *relay) lateBytes() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.late {
		r.resetByLink(causeUnknown)
		r.client.abort()
	}
}

// relayReset passes the RST that ended f's source on.
func (r *relay) relayReset(f *flow) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.sever() {
		defer r.cancel()
		if f.to != nil { // the device may never have been connected
			f.to.abort()
		}
		f.from.conn.Close()
	}
}

// relayLoss ends a connection that the kernel gave up on one leg. No RST was
// seen; the one that the other leg gets is the link's.
func (r *relay) relayLoss(f *flow) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.sever() {
		defer r.cancel()
		r.byLink(cut{cause: causeUnknown}, true)
		f.to.abort()
		f.from.conn.Close()
	}
}

// relayFIN passes the FIN that ended f's source on.
func (r *relay) relayFIN(f *flow) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.severed.Load() {
		return
	}
	if f.answers != nil {
		r.log.FINPassed = r.link.since()
	}
	f.to.sendFIN()
	if r.relayed++; r.relayed == 2 { // both sides are closed: there is nothing left to end
		r.sever()
		r.cancel()
	}
}

// abort drops the connection because the link is closing. It logs nothing:
// nobody closed it while the trial lasted.
func (r *relay) abort() {
	r.mu.Lock()
	defer r.mu.Unlock()
	defer r.cancel()
	r.sever()
	r.client.abort()
	if r.device != nil {
		r.device.abort()
	}
}
