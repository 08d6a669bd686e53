package packet

import "rstorm/faults"

// inject lets the packet pass and a RST follow it, at once or after s's delay,
// with the very sequence number that the receiver expects then: with any other
// it would have to ask back (RFC 5961 section 3.2). No RST follows a RST.
func inject(m *Middlebox, on *passage, s faults.Strike) {
	if on.has(flagRST) {
		return
	}
	behind := m.fresh()
	behind.way, behind.delay = on.own, s.Wait
	behind.forgery = &forgery{from: on.own, to: on.back, source: on.source(), receiver: on.destination(),
		acceptable: true, ttl: foreign(on.segment), record: on.record}
	on.behind = append(on.behind, behind)
}
