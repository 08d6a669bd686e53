package results_test

import (
	"testing"
	"time"

	"rstorm/results"
)

// reported makes a command per letter, reported every 10 ms from 10 ms on: o for
// ok, x for refused.
func reported(letters string) []results.Record {
	var records []results.Record
	for i, letter := range letters {
		r := results.Record{ID: results.CommandID{Seq: uint32(i)}, Method: "GET", Outcome: results.OK, Done: time.Duration(i+1) * 10 * ms}
		if letter == 'x' {
			r.Outcome = results.Refused
		}
		records = append(records, r)
	}
	return records
}

func TestRecoveryIsTheFirstSuccessAndThenTheFirstOfTen(t *testing.T) {
	never := time.Duration(-1)
	for _, c := range []struct {
		about         string
		letters       string
		ends          []time.Duration
		first, steady time.Duration
	}{
		{"no window", "oooooooooooooooo", nil, never, never},
		{"at once", "xxoooooooooooo", []time.Duration{25 * ms}, 5 * ms, 5 * ms},
		{"reported at the very end is before it", "xxoooooooooooo", []time.Duration{30 * ms}, 10 * ms, 10 * ms},
		{"later", "xxxxoooooooooo", []time.Duration{25 * ms}, 25 * ms, 25 * ms},
		{"relapse", "xxoxxoooooooooo", []time.Duration{25 * ms}, 5 * ms, 35 * ms},
		{"the last of several windows", "xxooxxoooooooooo", []time.Duration{65 * ms, 15 * ms}, 5 * ms, 5 * ms},
		{"nine show no steadiness", "xxooooooooo", []time.Duration{25 * ms}, 5 * ms, never},
		{"never", "xxxxx", []time.Duration{25 * ms}, never, never},
		{"the trial was over", "ooooo", []time.Duration{time.Second}, never, never},
	} {
		t.Run(c.about, func(t *testing.T) {
			s, _ := results.Summarize(results.Evidence{Records: reported(c.letters), Ends: c.ends})
			for _, got := range []struct {
				what string
				is   *time.Duration
				want time.Duration
			}{{"first", s.Recovery, c.first}, {"steady", s.SteadyRecovery, c.steady}} {
				if (got.is == nil) != (got.want == never) || got.is != nil && *got.is != got.want {
					t.Errorf("%s success after %v, want %v", got.what, got.is, got.want)
				}
			}
		})
	}
}

func TestRecoveryFollowsTheOrderOfReportsNotOfCommands(t *testing.T) {
	records := reported("oooooooooooo")
	records[0].Done = 35 * ms // the first to be sent is the third to be reported
	records[0].Outcome = results.Reset
	s, _ := results.Summarize(results.Evidence{Records: records, Ends: []time.Duration{0}})
	if s.Recovery == nil || *s.Recovery != 20*ms {
		t.Errorf("first success after %v, want 20ms", s.Recovery)
	}
	if s.SteadyRecovery != nil {
		t.Errorf("steady after %v, but a reset came between", s.SteadyRecovery)
	}
}
