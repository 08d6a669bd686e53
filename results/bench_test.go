package results_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"rstorm/results"
)

func BenchmarkSummarizeHundredThousandRecords(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	e := results.Evidence{Logged: true, Ends: []time.Duration{50 * time.Second},
		Records: make([]results.Record, 100_000), Connections: make([]results.Connection, 50_000)}
	for i := range e.Records {
		due := time.Duration(i) * time.Millisecond
		e.Records[i] = results.Record{ID: results.CommandID{Seq: uint32(i)}, Method: []string{"PUT", "GET"}[i%2],
			Due: due, Sent: due, LastTry: due, Done: due + time.Duration(rng.ExpFloat64()*float64(20*ms)),
			Outcome: results.Outcome(rng.IntN(2)), Attempts: 1, Ledger: true, Executed: 1}
	}
	for i := range e.Connections {
		e.Connections[i] = results.Connection{Reset: results.ByDevice, Cause: "close-race", Method: "GET"}
	}
	b.ReportAllocs()
	for b.Loop() {
		results.Summarize(e)
	}
}
