package results_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"rstorm/results"
)

const ms = time.Millisecond

// fieldCase is a small close race with everything in it, worked out by hand:
// client 0 alternates PUT and GET.
func fieldCase() results.Evidence {
	command := func(seq uint32, method string, due, tried, done time.Duration, o results.Outcome) results.Record {
		return results.Record{ID: results.CommandID{Seq: seq}, Method: method, Due: due * ms, Sent: due * ms,
			LastTry: tried * ms, Done: done * ms, Outcome: o, Attempts: 1, Ledger: true}
	}
	records := []results.Record{
		command(0, "PUT", 0, 0, 20, results.OK),            // as it should be
		command(1, "GET", 22, 22, 25, results.Reset),       // never arrived
		command(2, "PUT", 25, 75, 95, results.OK),          // resent after two resets, executed twice
		command(3, "GET", 95, 95, 100, results.Closed),     // executed, yet reported failed
		command(4, "PUT", 100, 100, 101, results.OK),       // a lie
		command(5, "GET", 101, 101, 0, results.Unreported), // executed late
	}
	executed := []int{1, 0, 2, 1, 0, 1}
	for i := range records {
		records[i].Executed = executed[i]
	}
	records[1].Resets = 1
	records[1].Failures = []results.Failure{{Attempt: 1, Cause: "close-race"}}
	records[2].Failures = []results.Failure{{Attempt: 1, Cause: "close-race"}, {Attempt: 2}}
	records[2].Resets, records[2].Attempts = 2, 3
	records[5].Reordered = true
	return results.Evidence{
		Records: records, Logged: true, IdleResets: 1,
		Connections: []results.Connection{
			{Reset: results.ByDevice, Cause: "close-race", First: results.ByDevice, Method: "GET", Exchanges: 2},
			{Reset: results.ByDevice, Cause: "close-race", First: results.ByDevice, Method: "PUT"},
			{Reset: results.ByClient, First: results.ByClient, Method: "PUT"},
			{Reset: results.ByLink, Cause: "reset-before-response", First: results.ByLink, Method: "OPTIONS"},
			{First: results.ByClient, Method: "PUT", Exchanges: 3},
			{First: results.ByClient},
			{First: results.ByDevice, Method: "GET"},
			{},
		},
	}
}

func TestEveryScoreOfASmallFieldCase(t *testing.T) {
	total, byMethod := results.Summarize(fieldCase())
	put, get := byMethod["PUT"], byMethod["GET"]
	unknown := results.Unknown
	for _, c := range []struct {
		metric          string
		total, put, get any
		of              func(s results.Summary) any
	}{
		{"commands", 6, 3, 3, func(s results.Summary) any { return s.Commands }},
		{"ok", 3, 3, 0, func(s results.Summary) any { return s.OK }},
		{"success", results.Rate(0.5), results.Rate(1), results.Rate(0), func(s results.Summary) any { return s.Success }},
		{"executed once", results.Count(3), results.Count(1), results.Count(2), func(s results.Summary) any { return s.ExecutedOnce }},
		{"lost", results.Count(1), results.Count(1), results.Count(0), func(s results.Summary) any { return s.Lost }},
		{"duplicates", results.Count(1), results.Count(1), results.Count(0), func(s results.Summary) any { return s.Duplicates }},
		{"ghosts", results.Count(2), results.Count(0), results.Count(2), func(s results.Summary) any { return s.Ghosts }},
		{"not executed", results.Count(1), results.Count(0), results.Count(1), func(s results.Summary) any { return s.NotExecuted }},
		{"reordered", results.Count(1), results.Count(0), results.Count(1), func(s results.Summary) any { return s.Reordered }},
		{"failed attempts", 3, 2, 1, func(s results.Summary) any { return s.Failures.Attempts }},
		{"failed for a close race", 2, 1, 1, func(s results.Summary) any { return s.Failures.ByCause["close-race"] }},
		{"failed for an unknown cause", 1, 1, 0, func(s results.Summary) any { return s.Failures.ByCause["unknown"] }},
		{"attempts", 8, 5, 3, func(s results.Summary) any { return s.Attempts }},
		{"exchanges", results.Count(5), unknown, unknown, func(s results.Summary) any { return s.Exchanges }},
		{"connections", results.Count(8), unknown, unknown, func(s results.Summary) any { return s.Connections }},
		{"time wait", results.Count(2), unknown, unknown, func(s results.Summary) any { return s.TimeWait }},
		{"connections reset", results.Count(4), results.Count(2), results.Count(1), func(s results.Summary) any { return s.Resets.Connections }},
		{"resets seen", 1, 0, 1, func(s results.Summary) any { return s.Resets.Seen }},
		{"resets hidden", results.Count(3), results.Count(2), results.Count(0), func(s results.Summary) any { return s.Resets.Hidden }},
		{"resets by the device", 2, 1, 1, func(s results.Summary) any { return s.Resets.ByOrigin[results.ByDevice] }},
		{"resets by the client", 1, 1, 0, func(s results.Summary) any { return s.Resets.ByOrigin[results.ByClient] }},
		{"resets by the link", 1, 0, 0, func(s results.Summary) any { return s.Resets.ByOrigin[results.ByLink] }},
		{"close races", 2, 1, 1, func(s results.Summary) any { return s.Resets.ByCause["close-race"] }},
		{"causes unknown", 1, 1, 0, func(s results.Summary) any { return s.Resets.ByCause["unknown"] }},
		{"outcome reset", 1, 0, 1, func(s results.Summary) any { return s.Outcomes[results.Reset] }},
		{"latencies", int64(3), int64(3), int64(0), func(s results.Summary) any { return s.Latency.N }},
		{"longest latency", 70 * ms, 70 * ms, 0 * ms, func(s results.Summary) any { return s.Latency.Max }},
		{"longest service", 20 * ms, 20 * ms, 0 * ms, func(s results.Summary) any { return s.Service.Max }},
		{"failed latencies", int64(2), int64(0), int64(2), func(s results.Summary) any { return s.FailedLatency.N }},
		{"longest failed latency", 5 * ms, 0 * ms, 5 * ms, func(s results.Summary) any { return s.FailedLatency.Max }},
	} {
		if got := c.of(total); got != c.total {
			t.Errorf("%s: %v in total, want %v", c.metric, got, c.total)
		}
		if got := c.of(put); got != c.put {
			t.Errorf("%s: %v of PUT, want %v", c.metric, got, c.put)
		}
		if got := c.of(get); got != c.get {
			t.Errorf("%s: %v of GET, want %v", c.metric, got, c.get)
		}
	}
	if got := slices.Sorted(maps.Keys(byMethod)); !slices.Equal(got, []string{"GET", "PUT"}) {
		t.Errorf("methods %q: want those of the commands", got)
	}
}

func TestWithoutALedgerNothingIsClaimedAboutTheDevice(t *testing.T) {
	for name, change := range map[string]func(e *results.Evidence){
		"none":                   func(e *results.Evidence) { clearLedger(e.Records) },
		"missing for one of all": func(e *results.Evidence) { clearLedger(e.Records[:1]) },
		"no commands":            func(e *results.Evidence) { e.Records = nil },
	} {
		t.Run(name, func(t *testing.T) {
			e := fieldCase()
			change(&e)
			s, _ := results.Summarize(e)
			for metric, got := range map[string]results.Count{"executed once": s.ExecutedOnce, "lost": s.Lost,
				"duplicates": s.Duplicates, "ghosts": s.Ghosts, "not executed": s.NotExecuted, "reordered": s.Reordered} {
				if got != results.Unknown {
					t.Errorf("%s is %d without a whole ledger, want unknown", metric, got)
				}
			}
		})
	}
}

func clearLedger(records []results.Record) {
	for i := range records {
		records[i].Ledger = false
	}
}

func TestWithoutALogNothingIsClaimedAboutConnections(t *testing.T) {
	e := fieldCase()
	e.Logged = false
	total, byMethod := results.Summarize(e)
	for name, s := range map[string]results.Summary{"total": total, "PUT": byMethod["PUT"]} {
		if s.Connections.Known() || s.TimeWait.Known() || s.Resets.Connections.Known() {
			t.Errorf("%s: %d connections, %d in TIME_WAIT, %d reset without a log, want unknown",
				name, s.Connections, s.TimeWait, s.Resets.Connections)
		}
		if s.Resets.ByOrigin != nil || s.Resets.ByCause != nil {
			t.Errorf("%s: resets by %v and %v without a log, want nil", name, s.Resets.ByOrigin, s.Resets.ByCause)
		}
	}
	if total.Resets.Seen != 1 || total.Resets.Hidden != 3 {
		t.Errorf("%d resets seen, %d hidden: what sockets report needs no log, want 1 and 3", total.Resets.Seen, total.Resets.Hidden)
	}
}

func TestNoCommandsHaveNoSuccess(t *testing.T) {
	s, byMethod := results.Summarize(results.Evidence{})
	if s.Success.Known() || s.SuccessLow.Known() || s.SuccessHigh.Known() {
		t.Errorf("success %v [%v..%v] of no commands, want unknown", s.Success, s.SuccessLow, s.SuccessHigh)
	}
	if len(byMethod) != 0 || byMethod == nil {
		t.Errorf("by method %v, want an empty map", byMethod)
	}
}

func TestHiddenResetsAreUnknownIfNobodySawTheSocketsOfACommand(t *testing.T) {
	total, byMethod := results.Summarize(results.Evidence{Logged: true, Records: []results.Record{
		{Method: "PUT", Outcome: results.OK, Resets: 2},
		{Method: "GET", Outcome: results.OK, Resets: results.Unknown},
		{Method: "GET", Outcome: results.OK, Resets: 1},
	}})
	if total.Resets.Hidden != results.Unknown || byMethod["GET"].Resets.Hidden != results.Unknown || byMethod["PUT"].Resets.Hidden != 2 {
		t.Errorf("hidden: %d in all, %d of GET, %d of PUT; want unknown, unknown, 2", total.Resets.Hidden, byMethod["GET"].Resets.Hidden, byMethod["PUT"].Resets.Hidden)
	}
}
