package results_test

import (
	"testing"
	"time"

	"rstorm/results"
)

func TestTimesOutsideTheHistogramStillCount(t *testing.T) {
	took := func(d time.Duration) results.Record {
		return results.Record{Method: "GET", Outcome: results.OK, Done: d}
	}
	s, _ := results.Summarize(results.Evidence{Records: []results.Record{took(-time.Second), took(0), took(3 * time.Hour)}})
	q := s.Latency
	if q.N != 3 || q.P50 != 0 || q.Max != 3*time.Hour {
		t.Errorf("%d times, median %v, longest %v: want 3, 0s, 3h0m0s", q.N, q.P50, q.Max)
	}
	if hour := time.Hour.Seconds(); q.P99.Seconds() < hour || q.P99.Seconds() > 1.001*hour {
		t.Errorf("p99 is %v: what is longer than an hour counts as an hour", q.P99)
	}
}

func TestOneTimeIsItsOwnEveryQuantile(t *testing.T) {
	const odd = 123_456_789 * time.Nanosecond
	s, _ := results.Summarize(results.Evidence{Records: []results.Record{{Outcome: results.OK, Done: odd}}})
	if want := (results.Quantiles{N: 1, P50: odd, P90: odd, P99: odd, P999: odd, Max: odd}); s.Latency != want {
		t.Errorf("%+v, want %+v", s.Latency, want)
	}
}
