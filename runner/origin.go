package runner

import (
	"cmp"

	"rstorm/results"
)

// origin is who ended it: by the link's log, which knows both sides, if that
// tells of a reset, else as it was seen.
func (n *incident) origin(seen results.Origin, q *inquiry) results.Origin {
	switch {
	case n.row == nil && seen == results.ByLink && !q.barred:
		return results.ByDevice // which refuses, and so does the link
	case n.row == nil:
		return cmp.Or(seen, results.ByUnknown)
	case n.row.Reset != "":
		return n.row.Reset
	case seen == "" || seen == results.ByUnknown:
		return cmp.Or(n.row.First, results.ByUnknown)
	}
	return seen
}

// passedOn reports whether what came to the client came from the device: the
// link has done nothing to the connection.
func (n *incident) passedOn() bool {
	l := n.log
	return l != nil && l.Device.IsValid() && l.Injected == "" && len(l.Strikes) == 0 && l.First != results.ByLink && l.Reset != results.ByLink
}
