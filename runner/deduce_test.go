package runner

import (
	"testing"
	"time"

	"rstorm/link"
	"rstorm/results"
)

func TestAnAttemptTheLinkNeverSawWasOnTheConnectionUsedLast(t *testing.T) {
	const ms = time.Millisecond
	log := []link.Connection{
		{Opened: 0, First: results.ByDevice, Reset: results.ByDevice, ResetAt: 20 * ms, FINPassed: -1, Exchanges: []link.Exchange{{Command: "0-0", Identified: true, Read: 10 * ms}}},
		{Opened: 40 * ms, First: results.ByDevice, ResetAt: -1, FINPassed: 60 * ms, Exchanges: []link.Exchange{{Command: "0-2", Identified: true, Read: 50 * ms}}},
		{Opened: 80 * ms, First: results.ByClient, ResetAt: -1, FINPassed: -1, Exchanges: []link.Exchange{{Command: "0-4", Identified: true, Read: 81 * ms}}},
		{Opened: 101 * ms, ResetAt: -1, FINPassed: -1},
	}
	h := newHistory(log, passages(log))
	for _, row := range []struct {
		name       string
		client     uint32
		sent, done time.Duration
		want       *link.Connection
	}{
		{"before anything was used", 0, 5 * ms, 25 * ms, nil},
		{"before the reset", 0, 12 * ms, 15 * ms, nil},
		{"of another client", 1, 25 * ms, 26 * ms, nil},
		{"after the reset", 0, 25 * ms, 26 * ms, &log[0]},
		{"once more, and one connection dies once", 0, 27 * ms, 28 * ms, nil},
		{"after a FIN", 0, 70 * ms, 71 * ms, &log[1]},
		{"of a client that closed itself", 0, 90 * ms, 91 * ms, nil},
		{"while another was opened", 0, 100 * ms, 110 * ms, nil},
	} {
		if got := h.dead(&results.Record{ID: results.CommandID{Client: row.client}, Sent: row.sent, Done: row.done}); got != row.want {
			t.Errorf("%s: %+v, want %+v", row.name, got, row.want)
		}
	}
}
