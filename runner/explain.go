package runner

import (
	"cmp"
	"fmt"

	"rstorm/results"
	"rstorm/wire"
)

// keptFindings is how many findings a trial keeps if nobody says otherwise.
const keptFindings = 20

// explain says of every connection that was reset, and of every attempt that
// failed, why, and enters that into e. What was reset as the stage was taken
// down is nobody's. The notes say what could not be looked at.
func (t *trial) explain(e *results.Evidence) (notes []string) {
	s, tap := t.stage, t.tap
	q := &inquiry{epoch: t.epoch, witness: func(*wire.Conversation) wire.Witness { return wire.Witness{Over: true} }}
	if s.packet != nil {
		q.behind = s.packet.Near()
	}
	if tap != nil {
		q.witness = tap.witness(s).of
		if tap.over > 0 {
			notes = append(notes, fmt.Sprintf("%d conversations were not kept for want of room: what is said of their connections rests on the logs", tap.over))
		}
	}
	q.recorded, q.tls = s.device != nil, s.tls != nil
	q.opaque = q.tls || s.protocol.HTTP2()
	q.barred = s.link == nil || bars(t.job.scenario.Link)
	q.shared = s.device == nil && s.link != nil
	if s.device != nil && s.link != nil {
		q.possible = possible(t.job.scenario)
	}
	q.records = make(map[string]*results.Record, len(e.Records))
	for i := range e.Records {
		q.records[e.Records[i].ID.String()] = &e.Records[i]
	}
	q.hear(tap)
	if s.link != nil {
		q.connections(s.link.Log(), e.Connections, s.known(), s.forged())
	}
	if q.kept = len(t.players) > 0; q.kept {
		q.locate(e.Records)
	}
	q.attempts(e.Records)
	q.strays()
	for _, n := range q.incidents {
		for _, one := range n.each() {
			t.enter(e, one, q)
		}
	}
	return notes
}

// enter explains n, if it needs to be, and puts the cause where it is counted.
func (t *trial) enter(e *results.Evidence, n *incident, q *inquiry) {
	f := n.explained(q)
	if f.Cause == "" {
		return
	}
	cause := results.CauseUnknown
	if f.Certain() {
		cause = f.Cause
	}
	if n.row != nil && n.row.Reset != "" {
		n.row.Cause = cause
	}
	for _, failed := range n.failed {
		failed.Cause = cause
	}
	t.capture.comment(&f)
	if t.findings++; len(e.Findings) >= cmp.Or(max(t.runner.Findings, 0), keptFindings) {
		return
	}
	if len(e.Findings) < t.runner.Ladders {
		n.draw(&f)
	}
	e.Findings = append(e.Findings, f)
}
