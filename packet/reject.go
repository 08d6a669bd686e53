package packet

import "rstorm/faults"

// reject loses the packet and answers its sender, at once or after s's delay,
// with the RST that a host without that connection would send (RFC 9293
// section 3.10.7.1), as packet filters do. A RST is not answered.
func reject(m *Middlebox, on *passage, s faults.Strike) {
	on.lost = true
	if on.has(flagRST) {
		return
	}
	f := &forgery{from: on.back, to: on.own, source: on.destination(), receiver: on.source(), ttl: foreign(on.segment), record: on.record}
	if on.has(flagACK) {
		f.seq = on.ack()
	} else {
		f.ack, f.hasACK = on.end(), true
	}
	answer := m.fresh()
	answer.way, answer.forgery, answer.delay = on.back, f, s.Wait
	m.follow(answer)
}
