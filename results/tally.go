package results

import "cmp"

// A tally adds up records and connections.
type tally struct {
	sum     Summary
	logged  bool // whether the connections tell about resets
	ledgers int  // commands that could be looked up in a ledger

	latency, failed, service distribution
	comeback                 comeback
}

func newTally(e *Evidence) *tally {
	t := &tally{logged: e.Logged, comeback: newComeback(e.Ends)}
	t.sum.Outcomes, t.sum.Failures.ByCause = map[Outcome]int{}, map[string]int{}
	if t.logged {
		t.sum.Resets.ByOrigin, t.sum.Resets.ByCause = map[Origin]int{}, map[string]int{}
	} else {
		t.sum.Exchanges, t.sum.Connections, t.sum.TimeWait, t.sum.Resets.Connections = Unknown, Unknown, Unknown, Unknown
	}
	return t
}

// add counts a command. It keeps r.
func (t *tally) add(r *Record) {
	s := &t.sum
	s.Commands++
	s.Outcomes[r.Outcome]++
	s.Attempts += r.Attempts

	for i := range r.Failures {
		s.Failures.Attempts++
		s.Failures.ByCause[cmp.Or(r.Failures[i].Cause, CauseUnknown)]++
	}
	told := Count(0)
	if r.Outcome == Reset {
		told = 1
	}
	s.Resets.Seen += int(told)
	if r.Resets.Known() {
		s.Resets.Hidden = s.Resets.Hidden.Plus(max(0, r.Resets-told))
	} else {
		s.Resets.Hidden = Unknown
	}

	if r.Ledger {
		t.ledgers++
		t.deliver(r)
	}
	t.time(r)
	t.comeback.add(r)
}

// deliver sets what the caller was told beside what the device did.
func (t *tally) deliver(r *Record) {
	s, ok, executed := &t.sum, r.Outcome == OK, r.Executed > 0
	count := func(n *Count, when bool) {
		if when {
			*n++
		}
	}
	count(&s.ExecutedOnce, r.Executed == 1)
	count(&s.Duplicates, r.Executed > 1)
	count(&s.Lost, ok && !executed)
	count(&s.Ghosts, !ok && executed)
	count(&s.NotExecuted, !ok && !executed)
	count(&s.Reordered, r.Reordered)
}

func (t *tally) time(r *Record) {
	switch r.Outcome {
	case OK:
		t.latency.add(r.Latency())
		t.service.add(r.Service())
	case Unreported:
	default:
		t.failed.add(r.Latency())
	}
}

// connect counts a connection, if the log is to be believed.
func (t *tally) connect(c *Connection) {
	if !t.logged {
		return
	}
	s := &t.sum
	s.Connections++
	s.Exchanges += Count(c.Exchanges)
	switch {
	case c.Reset != "":
		s.Resets.Connections++
		s.Resets.ByOrigin[c.Reset]++
		s.Resets.ByCause[cmp.Or(c.Cause, CauseUnknown)]++
	case c.First == ByClient:
		s.TimeWait++
	}
}

func (t *tally) summary() Summary {
	s := t.sum
	s.OK = s.Outcomes[OK]
	share, low, high := wilson(s.OK, s.Commands)
	s.Success, s.SuccessLow, s.SuccessHigh = Rate(share), Rate(low), Rate(high)
	if t.ledgers == 0 || t.ledgers < s.Commands {
		s.ExecutedOnce, s.Lost, s.Duplicates, s.Ghosts, s.NotExecuted, s.Reordered =
			Unknown, Unknown, Unknown, Unknown, Unknown, Unknown
	}
	s.Latency, s.FailedLatency, s.Service = t.latency.quantiles(), t.failed.quantiles(), t.service.quantiles()
	s.Recovery, s.SteadyRecovery = t.comeback.times()
	return s
}
