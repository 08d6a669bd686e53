package results

// Summarize says what a trial came to, in total and for the commands of each
// method. A success is a command with outcome [OK]; every other command counts
// as reported failed, one that was never reported too.
//
//   - ExecutedOnce, Lost, Duplicates, Ghosts, NotExecuted and Reordered are
//     Unknown unless every command could be looked up in a ledger.
//   - Exchanges, Connections, TimeWait and Resets.Connections are Unknown, and ByOrigin and
//     ByCause nil, if the link kept no log. A method has Resets of its own: those
//     of the connections on which it was the last one seen; but Exchanges,
//     Connections and TimeWait are Unknown, because commands of several methods share them.
//   - TimeWait counts the connections that the client closed first and nobody
//     reset: a RST ends TIME_WAIT (RFC 9293 section 3.10.7.4).
//   - Resets.Hidden adds up, over the commands, the resets that the client's
//     sockets reported less the one that its caller got; idle resets, which
//     belong to no command, are in the total only. It is Unknown if they are of
//     any command.
//   - Latency, FailedLatency and Service are read from histograms: see
//     [Quantiles]. Commands that were never reported have no latency.
//   - Recovery runs from the last of the ends to the moment at which the first
//     command after it was reported ok, no matter when that was sent;
//     SteadyRecovery to the first of 10 such in a row, in the order in which
//     commands were reported. Fewer than 10 show no steadiness: null.
//
// The records are read only. Methods no record has are not in byMethod.
func Summarize(e Evidence) (total Summary, byMethod map[string]Summary) {
	all, methods := newTally(&e), map[string]*tally{}
	for i := range e.Records {
		r := &e.Records[i]
		m := methods[r.Method]
		if m == nil {
			m = newTally(&e)
			methods[r.Method] = m
		}
		all.add(r)
		m.add(r)
	}
	for i := range e.Connections {
		c := &e.Connections[i]
		all.connect(c)
		if m := methods[c.Method]; m != nil {
			m.connect(c)
		}
	}
	all.sum.Resets.Hidden = all.sum.Resets.Hidden.Plus(Count(e.IdleResets))

	byMethod = make(map[string]Summary, len(methods))
	for name, m := range methods {
		s := m.summary()
		s.Exchanges, s.Connections, s.TimeWait = Unknown, Unknown, Unknown
		byMethod[name] = s
	}
	return all.summary(), byMethod
}
