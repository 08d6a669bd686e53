package runner

import (
	"cmp"
	"net/netip"
	"slices"
	"time"

	"rstorm/results"
	"rstorm/wire"
)

// attempts adds the failed attempts of all commands to the incidents they are
// part of. One that no connection is known of becomes an incident of its own,
// with what the capture has of it.
func (q *inquiry) attempts(records []results.Record) {
	byCaller := map[netip.AddrPort][]*incident{}
	for _, n := range q.incidents {
		if n.log.Client.IsValid() {
			own := q.own(n.log.Client)
			byCaller[own] = append(byCaller[own], n)
		}
	}
	for i := range records {
		r := &records[i]
		for j := range r.Failures {
			f := failure{&r.Failures[j], r}
			n := q.lastOf(byCaller[f.Local], f.Done)
			if n == nil {
				n = q.unconnected(f)
			}
			n.failed = append(n.failed, f)
		}
	}
}

// lastOf is the last of a caller's connections that had begun by then; nil if
// there is none. A client may have lost a connection before the link accepts it:
// the packets tell when it began.
func (q *inquiry) lastOf(all []*incident, by time.Duration) *incident {
	var found *incident
	for _, n := range all {
		c := n.legs[nearLeg]
		if n.log.Opened <= by || c != nil && c.Began <= q.at(by) {
			found = n
		}
	}
	return found
}

// unconnected finds what became of an attempt of whose connection the link
// knows nothing: by the client's address if that is known, else by time.
func (q *inquiry) unconnected(f failure) *incident {
	n := &incident{}
	q.incidents = append(q.incidents, n)
	from, to := q.at(f.Sent), q.at(f.Done)
	if f.Local.IsValid() {
		n.legs[nearLeg] = last(q.callers[nearLeg][f.Local], to)
		return n
	}
	if f.Phase != results.PhaseConnect {
		return n
	}
	if reset := q.untold(from, to); reset != nil && f.Outcome == results.Reset {
		q.incidents = q.incidents[:len(q.incidents)-1]
		return reset
	}
	n.legs[nearLeg] = q.vain(nearLeg, from, to)
	return n
}

// vain takes the first call in that time that made no connection; nil if there
// is none.
func (q *inquiry) vain(l leg, from, to int64) *wire.Conversation {
	all := q.calls[l]
	i, _ := slices.BinarySearchFunc(all, from, func(h *heard, at int64) int { return cmp.Compare(h.Began, at) })
	for _, h := range all[i:] {
		if h.Began > to {
			break
		}
		if !h.taken && neverMade(h.Conversation) {
			h.taken = true
			return h.Conversation
		}
	}
	return nil
}

// neverMade reports whether a client called and got no connection.
func neverMade(c *wire.Conversation) bool {
	switch c.State {
	case "S0", "REJ", "RSTOS0", "SH":
		return true
	}
	return false
}

// untold finds a connection that was reset as soon as it was made, so that its
// client was told of no connection at all; nil if there was none in that time.
func (q *inquiry) untold(from, to int64) *incident {
	for _, n := range q.incidents {
		if n.log == nil || n.log.Reset == "" || len(n.failed) > 0 || len(n.log.Exchanges) > 0 {
			continue
		}
		if at := q.at(n.log.Opened); at >= from && at <= to {
			return n
		}
	}
	return nil
}

// strays makes an incident of each conversation with a RST that belongs to
// none yet. With a device that was there before others talk too, other trials
// among them: what the link's log does not know of is theirs.
func (q *inquiry) strays() {
	for l := range q.calls {
		for _, h := range q.calls[l] {
			if leg(l) == farLeg && q.shared || h.taken || h.Sides[wire.Up].Resets+h.Sides[wire.Down].Resets == 0 {
				continue
			}
			n := &incident{}
			n.legs[l] = h.Conversation
			q.incidents = append(q.incidents, n)
		}
	}
}

// each is n once for every failed attempt on a connection that nobody reset: no
// reset explains them all.
func (n *incident) each() []*incident {
	if len(n.failed) < 2 || n.row != nil && n.row.Reset != "" {
		return []*incident{n}
	}
	var all []*incident
	for _, f := range n.failed {
		one := *n
		one.failed = []failure{f}
		all = append(all, &one)
	}
	return all
}
