package main

import (
	"testing"
	"time"

	"rstorm/results"
	"rstorm/scenarios"
)

func TestARateCountsIfItWasSentOrIfItBroke(t *testing.T) {
	for _, c := range []struct {
		name   string
		rate   float64
		ok     int
		wait   time.Duration
		unsent bool
		sent   float64
	}{
		{"a closed loop", 0, 100, time.Second, false, 0},
		{"in time", 50, 100, 0, false, 50},
		{"a little late", 50, 100, 200 * time.Millisecond, false, 45},
		{"much too late", 100, 100, time.Second, true, 50},
		{"much too late, and a few failed", 100, 98, time.Second, true, 50},
		{"much too late, and most failed", 100, 50, time.Second, false, 0},
	} {
		s := results.Summary{Commands: 100, OK: c.ok}
		s.Service.P99, s.Latency.P99 = 10*time.Millisecond, 10*time.Millisecond+c.wait
		p := pace{bound: .99}
		if got := p.unsent(&scenarios.Load{Rate: c.rate}, &s); got != c.unsent || p.sent < c.sent-1 || p.sent > c.sent+1 {
			t.Errorf("%s: unsent %t, sent %v", c.name, got, p.sent)
		}
	}
}
