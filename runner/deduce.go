package runner

import (
	"cmp"
	"slices"
	"time"

	"rstorm/link"
	"rstorm/results"
)

// A history is when each client used which connection, as the link saw it. A
// client that carries one command at a time can have kept but the one that it
// used last: by that, an attempt that the link never saw has its connection.
type history struct {
	used   map[uint32][]passage // of each client, in order
	opened []time.Duration      // of all connections, in order
	blamed map[*link.Connection]bool
}

func newHistory(log []link.Connection, passed map[string][]passage) *history {
	h := &history{used: map[uint32][]passage{}, blamed: map[*link.Connection]bool{}}
	for i := range log {
		h.opened = append(h.opened, log[i].Opened)
	}
	for text, all := range passed {
		if id, err := results.ParseCommandID(text); err == nil {
			h.used[id.Client] = append(h.used[id.Client], all...)
		}
	}
	for _, all := range h.used {
		slices.SortFunc(all, func(a, b passage) int { return cmp.Compare(a.Read, b.Read) })
	}
	slices.Sort(h.opened)
	return h
}

// dead is the connection on which a command failed that never came to the link:
// the one that its client had used last, if that had ended by then, if no other
// command failed on it, and if none was opened meanwhile; else nil.
func (h *history) dead(r *results.Record) *link.Connection {
	all := h.used[r.ID.Client]
	n, _ := slices.BinarySearchFunc(all, r.Sent, func(p passage, at time.Duration) int { return cmp.Compare(p.Read, at) })
	meanwhile, _ := slices.BinarySearch(h.opened, r.Sent)
	if n == 0 || meanwhile < len(h.opened) && h.opened[meanwhile] <= r.Done {
		return nil
	}
	last := all[n-1].on
	if h.blamed[last] || !gone(last, r.Done) {
		return nil
	}
	h.blamed[last] = true
	return last
}

// gone reports whether a connection had ended for its client by then, and not by
// its client.
func gone(c *link.Connection, by time.Duration) bool {
	reset := c.Reset != "" && c.Reset != results.ByClient && c.ResetAt <= by
	return c.First != results.ByClient && (reset || c.FINPassed >= 0 && c.FINPassed <= by)
}
