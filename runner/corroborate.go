package runner

import (
	"fmt"
	"net/netip"

	"rstorm/clients"
	"rstorm/link"
	"rstorm/results"
)

// A passage is an exchange as the link saw it, and the connection that it was on.
type passage struct {
	*link.Exchange
	on *link.Connection
}

// A claim is what a client told of a command, and what the link saw of it.
type claim struct {
	*results.Record
	told   *clients.Told    // nil if it told nothing
	passed []passage        // in order
	dead   *link.Connection // that the last attempt was made on, if the link did not see it and that can be deduced; else nil
	own    func(netip.AddrPort) netip.AddrPort
}

// corroborate adds to the records of clients that send by themselves what they
// don't tell and the link's log does: attempts, and how those failed that came to
// nothing. It holds the bodies that they report against those that were sent. The
// notes say what can't be known.
func corroborate(e *results.Evidence, players []*player, s *stage) (notes []string) {
	if len(players) == 0 {
		return nil
	}
	passed, own := map[string][]passage{}, func(a netip.AddrPort) netip.AddrPort { return a }
	legible := s.link != nil && s.tls == nil && !s.protocol.HTTP2()
	var past *history
	if legible {
		log := s.link.Log()
		passed = passages(log)
		past = newHistory(log, passed)
	}
	if s.packet != nil { // the link sees another address than the client has
		own = func(a netip.AddrPort) netip.AddrPort { return netip.AddrPortFrom(s.packet.Near(), a.Port()) }
	}
	unverified := 0
	for i := range e.Records {
		r := &e.Records[i]
		c := claim{Record: r, passed: passed[r.ID.String()], own: own}
		if t, told := players[r.ID.Client].told[r.ID.Seq]; told {
			c.told = &t
		}
		c.time()
		if legible && !c.verified() {
			unverified++
		}
		if legible && c.unseen() && players[0].lanes() == 1 {
			c.dead = past.dead(r)
		}
		r.Resets, r.Failures = c.resets(legible), c.failures()
	}
	if !legible {
		notes = append(notes, "no log shows what the client itself attempted: its attempts are those that the device executed, one a command at least; "+
			"the resets that it hides are unknown, the bodies that it reports not verified")
	}
	if unverified > 0 {
		notes = append(notes, fmt.Sprintf("not verified: the bodies of %s, of which the client told neither size nor digest", counted(unverified, "answer")))
	}
	return notes
}

// passages are the exchanges of each command, by its id.
func passages(log []link.Connection) map[string][]passage {
	all := map[string][]passage{}
	for i := range log {
		for j := range log[i].Exchanges {
			if x := &log[i].Exchanges[j]; x.Identified {
				all[x.Command] = append(all[x.Command], passage{x, &log[i]})
			}
		}
	}
	for _, some := range all {
		inOrder(some)
	}
	return all
}

// time completes when the command was sent, as far as the link saw it.
func (c *claim) time() {
	if len(c.passed) == 0 {
		return
	}
	first, last := c.passed[0], c.passed[len(c.passed)-1]
	switch {
	case c.told == nil && first.Read >= 0:
		c.Sent, c.LastTry = first.Read, first.Read
	case len(c.passed) > 1 && last.Read > c.Sent:
		c.LastTry = min(last.Read, c.Done)
	}
}

// unseen reports whether the client's last attempt failed on a connection, and the
// link never saw it.
func (c *claim) unseen() bool {
	return c.told != nil && len(c.passed) == 0 && bad(c.Outcome) && c.Outcome != results.Refused && c.Outcome != results.TimedOut
}

// bad reports whether a command, or an attempt at one, did not come to a whole
// answer.
func bad(o results.Outcome) bool { return o != results.OK && o != results.Rejected }
