package runner

import (
	"cmp"
	"net/netip"
	"slices"
	"time"

	"rstorm/device"
	"rstorm/link"
	"rstorm/packet"
	"rstorm/results"
	"rstorm/wire"
)

// An incident is a connection that may have ended badly, or a call that made
// none, with all that is known of it.
type incident struct {
	log    *link.Connection         // nil if the link knows nothing of it
	row    *results.Connection      // what the link's log and the device's record make of it; nil without log
	device *device.Connection       // the device's own record; nil if there is none
	legs   [legs]*wire.Conversation // as captured; nil where it was not, or ended well
	forged bool                     // a RST was forged on it
	failed []failure                // attempts on it that failed
}

// A failure is a failed attempt, and the command it was made at.
type failure struct {
	*results.Failure
	record *results.Record
}

// An inquiry puts incidents together from what a trial left behind.
type inquiry struct {
	epoch     time.Time
	incidents []*incident
	callers   [legs]map[netip.AddrPort][]*heard // conversations by who called, in the order of their beginnings
	calls     [legs][]*heard                    // all of them, in that order
	records   map[string]*results.Record        // by command id
	passed    map[string]bool                   // commands that the link read; nil until somebody asks
	possible  []string                          // causes that can come about here; none if anything can
	witness   func(*wire.Conversation) wire.Witness
	shared    bool       // others may call the device too
	recorded  bool       // the device keeps a record for us
	barred    bool       // the link may keep clients out by itself
	tls       bool       // clients speak TLS
	opaque    bool       // what they say can't be read in the packets
	kept      bool       // clients may have kept connections until the stage was taken down
	behind    netip.Addr // the clients', where a middlebox shows the link another one; else not valid
}

// A heard is a conversation and whether it has found its incident.
type heard struct {
	*wire.Conversation
	taken bool
}

// hear takes in what a tap has kept.
func (q *inquiry) hear(t *tap) {
	for l := range q.callers {
		q.callers[l] = map[netip.AddrPort][]*heard{}
	}
	if t == nil {
		return
	}
	slices.SortStableFunc(t.kept, func(a, b *wire.Conversation) int { return cmp.Compare(a.Began, b.Began) })
	for _, c := range t.kept {
		h, l := &heard{Conversation: c}, t.leg(c)
		q.callers[l][c.Client] = append(q.callers[l][c.Client], h)
		q.calls[l] = append(q.calls[l], h)
	}
}

// at is a moment since the epoch on the packets' clock.
func (q *inquiry) at(t time.Duration) int64 { return q.epoch.UnixNano() + int64(t) }

// last takes the last conversation of a caller that had begun by then; nil if
// there is none.
func last(all []*heard, by int64) *wire.Conversation {
	for _, h := range slices.Backward(all) {
		if !h.taken && h.Began <= by {
			h.taken = true
			return h.Conversation
		}
	}
	return nil
}

// first takes the first conversation of a caller that began in that time.
func first(all []*heard, from, to int64) *wire.Conversation {
	for _, h := range all {
		if !h.taken && h.Began >= from && h.Began <= to {
			h.taken = true
			return h.Conversation
		}
	}
	return nil
}

// connections makes an incident of each connection of the link's log. Ports are
// used again: of a client's port, the conversation that began last before the
// link accepted is meant, of the link's own port the first since.
func (q *inquiry) connections(log []link.Connection, rows []results.Connection, known func(*link.Connection) *device.Connection, forged map[uint16][]packet.Record) {
	for i := range log {
		l := &log[i]
		n := &incident{log: l, row: &rows[i], device: known(l), forged: wasForged(l, forged[l.Client.Port()])}
		opened, gone := q.at(l.Opened), q.at(l.Closed)
		n.legs[nearLeg] = last(q.callers[nearLeg][q.own(l.Client)], opened)
		n.legs[middleLeg] = last(q.callers[middleLeg][l.Client], opened)
		if l.Device.IsValid() {
			n.legs[farLeg] = first(q.callers[farLeg][l.Device], opened, gone)
		} else if l.DialErr != nil {
			n.legs[farLeg] = q.vain(farLeg, opened, gone)
		}
		q.incidents = append(q.incidents, n)
	}
}

// own is the address that a client calls from, as the client sees it, by the one
// that the link sees.
func (q *inquiry) own(seen netip.AddrPort) netip.AddrPort {
	if q.behind.IsValid() {
		return netip.AddrPortFrom(q.behind, seen.Port())
	}
	return seen
}
