package runner

import (
	"net/netip"

	"rstorm/results"
)

// locate finds in the packets the client's end of the connections on which
// attempts failed that the link never saw: a client that sends by itself does not
// tell it. What can't be read in them stays unknown.
func (q *inquiry) locate(records []results.Record) {
	asked := map[string]netip.AddrPort{}
	for _, h := range q.calls[nearLeg] {
		for i := range h.Exchanges {
			if id := h.Exchanges[i].Command; id != "" {
				asked[id] = h.Client // the last one counts: calls are in order
			}
		}
	}
	for i := range records {
		r := &records[i]
		for j := range r.Failures {
			f := &r.Failures[j]
			if !f.Local.IsValid() && f.Phase != results.PhaseConnect {
				f.Local = asked[r.ID.String()]
			}
		}
	}
}
