package link

import (
	"time"

	"rstorm/faults"
)

// closeBoth closes the connection as a process that closes its socket does.
func closeBoth(r *relay, s faults.Strike) {
	c := r.cut(s)
	if s.Point == faults.Request && r.requestArriving() {
		c.unread = "unread-data" // of the request that is being cut
	}
	r.endByClose(c)
}

// truncate ends the connection in order, whatever the client has sent
// meanwhile. The rest of the response is thrown away.
func truncate(r *relay, s faults.Strike) { r.endByFIN(r.cut(s), true) }

// halfClose sends the client a FIN and reads nothing more from it. What the
// client had sent by then crossed with the FIN: it is a close race.
func halfClose(r *relay, s faults.Strike) {
	c := r.cut(s)
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.sever() {
		return
	}
	defer r.cancel()
	r.byLink(c, false)
	race := causeUnknown
	if unread(r.client.conn) {
		race = "close-race"
	}
	r.client.sendFIN()
	switch s.Then {
	case faults.ThenReset:
		r.resetByLink(c.cause)
		r.client.abort()
	case faults.ThenClose:
		r.closeClient(race)
	default:
		r.client.conn.SetReadDeadline(time.Unix(1, 0)) // its reader stops
	}
	r.dismissDevice()
}

// outlastClient waits, when the link has stopped reading the client, until the
// client closes too.
func (r *relay) outlastClient() {
	r.client.conn.SetReadDeadline(time.Time{})
	_, gone, err := await(r.client.conn, false, r.ctx.Done())
	if err != nil {
		r.client.fail(err)
		r.noteFailure(r.client)
	}
	var waste [512]byte
	for how := going; !gone && err == nil && how == going; { // no telling without reading here
		_, how = r.client.read(waste[:])
	}
}
