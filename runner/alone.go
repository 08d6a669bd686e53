package runner

import (
	"rstorm/results"
	"rstorm/wire"
)

// alone settles an attempt of which nobody knows but its client, and of which
// that names neither an errno nor anything that it has read: what the stage
// could have brought about did not show, and the client may have failed before
// it called anyone.
func (n *incident) alone(f *results.Finding, q *inquiry) bool {
	if len(n.failed) == 0 || n.row != nil || n.legs != [legs]*wire.Conversation{} {
		return false
	}
	first := n.failed[0]
	if first.Outcome != results.Failed || first.Errno != "" || first.Local.IsValid() || byErrno(first.Failure) != nil || q.met(first.record) {
		return false
	}
	why := "neither packets nor the logs of link and device know of it: the client failed by itself"
	if q.opaque || q.possible == nil {
		why = "nobody tells of it but the client: it may have failed by itself"
	}
	f.Evidence = append(f.Evidence, why)
	f.Origin = results.ByUnknown
	settle(f, []string{results.CauseUnknown})
	return true
}

// met reports whether a command came to the device, or to the link if that can
// read it.
func (q *inquiry) met(r *results.Record) bool {
	if r.Executed > 0 {
		return true
	}
	if q.passed == nil {
		q.passed = map[string]bool{}
		for _, n := range q.incidents {
			if n.log == nil {
				continue
			}
			for i := range n.log.Exchanges {
				q.passed[n.log.Exchanges[i].Command] = true
			}
		}
	}
	return q.passed[r.ID.String()]
}
