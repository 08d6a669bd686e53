package results_test

import (
	"testing"
	"time"

	"rstorm/results"
)

// trial is one of 100 commands, of which ok succeeded, with nothing wrong.
func trial(ok int, change func(s *results.Summary)) results.Trial {
	s := results.Summary{Commands: 100, OK: ok, Success: results.Rate(ok) / 100,
		Latency: results.Quantiles{N: int64(ok), P99: 20 * ms}, Connections: 10}
	change(&s)
	return results.Trial{Summary: s}
}

func TestRankOfTwoTrials(t *testing.T) {
	same := func(*results.Summary) {}
	duplicates := func(n results.Count) func(*results.Summary) {
		return func(s *results.Summary) { s.Duplicates = n }
	}
	p99 := func(d time.Duration) func(*results.Summary) {
		return func(s *results.Summary) { s.Latency.P99 = d }
	}
	resets := func(n results.Count) func(*results.Summary) {
		return func(s *results.Summary) { s.Resets.Connections = n }
	}
	connections := func(n results.Count) func(*results.Summary) {
		return func(s *results.Summary) { s.Connections = n }
	}
	methods := func(put, get results.Count) results.Trial {
		x := trial(100, duplicates(results.Unknown))
		x.ByMethod = map[string]results.Summary{"PUT": {Duplicates: put}, "GET": {Duplicates: get}}
		return x
	}
	none := trial(0, func(s *results.Summary) { s.Commands, s.Success = 0, results.Rate(nan()) })
	partial := trial(100, same)
	partial.Partial = true

	for _, c := range []struct {
		about         string
		better, worse results.Trial
	}{
		{"harmless before successful", trial(50, same), trial(100, duplicates(1))},
		{"a lie is as bad as a duplicate", trial(50, same), trial(100, func(s *results.Summary) { s.Lost = 1 })},
		{"fewer duplicates", trial(100, duplicates(2)), trial(100, duplicates(3))},
		{"known before unknown harm", trial(100, duplicates(3)), trial(100, duplicates(results.Unknown))},
		{"reading twice does no harm", methods(0, 50), methods(1, 0)},
		{"successful before quick", trial(99, p99(time.Second)), trial(98, same)},
		{"some success before none at all", trial(0, same), none},
		{"quick before few resets", trial(99, resets(9)), trial(99, p99(21*ms))},
		{"few resets before few connections", trial(99, connections(100)), trial(99, resets(1))},
		{"known before unknown resets", trial(99, resets(1)), trial(99, resets(results.Unknown))},
		{"few connections", trial(99, same), trial(99, connections(11))},
		{"whole before cut short", none, partial},
	} {
		t.Run(c.about, func(t *testing.T) {
			c.better.Strategy, c.worse.Strategy = "better", "worse"
			for _, trials := range [][]results.Trial{{c.better, c.worse}, {c.worse, c.better}} {
				given := trials[0].Strategy
				if ranked := results.Rank(trials); ranked[0].Strategy != "better" {
					t.Errorf("of %s and the other, the worse ranks first", given)
				}
				if trials[0].Strategy != given {
					t.Error("the argument was sorted")
				}
			}
		})
	}
}

func TestEqualTrialsKeepTheirOrder(t *testing.T) {
	a, b := trial(100, func(*results.Summary) {}), trial(100, func(*results.Summary) {})
	a.Strategy, b.Strategy = "first", "second"
	if ranked := results.Rank([]results.Trial{a, b}); ranked[0].Strategy != "first" {
		t.Error("equals changed places")
	}
}
