package scenarios

import (
	"os"
	"slices"
	"testing"
	"time"

	"rstorm/assert"
	"rstorm/faults"
	"rstorm/results"
)

// defaultSuite is the suite that the binary carries.
func defaultSuite(t *testing.T) *Suite {
	t.Helper()
	f, err := os.Open("../scenarios.yaml")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s, err := Parse("scenarios.yaml", f)
	if err != nil {
		t.Fatalf("\n%v", err)
	}
	return s
}

func TestTheDefaultSuiteHoldsTheFieldsScenarios(t *testing.T) {
	var names []string
	for _, sc := range defaultSuite(t).Scenarios {
		names = append(names, sc.Name)
		if sc.About == "" || len(sc.Assert) < 2 || len(sc.Strategies) < 5 {
			t.Errorf("%s teaches nothing: %+v", sc.Name, sc)
		}
	}
	for _, want := range []string{
		"calm", "close race", "close collision", "stale reuse", "idle timeout race", "reset before forward", "reset after execution",
		"deduplicated", "rate-limited device", "ignored connection close", "jittery network", "thin network", "outage and recovery", "truncated body",
	} {
		if !slices.Contains(names, want) {
			t.Errorf("there is no scenario %q", want)
		}
	}
}

// Where nothing goes wrong, calm holds and every other scenario fails: its
// thresholds prove that its fault bites.
func TestTheDefaultSuiteFailsOnAPerfectNetwork(t *testing.T) {
	for _, sc := range defaultSuite(t).Scenarios {
		v := assert.View{Trials: map[string]*results.Trial{}}
		for _, st := range sc.Strategies {
			v.Selected = append(v.Selected, st.Label)
			v.Trials[st.Label] = perfect(200, st.Use == "close" || st.Use == "refresh")
		}
		failed := 0
		for _, threshold := range sc.Assert {
			switch verdict := threshold.Judge(v); verdict.Result {
			case results.Missed, results.NoData:
				failed++
			}
		}
		if (failed > 0) != (sc.Name != "calm") {
			t.Errorf("%d thresholds of %s fail", failed, sc.Name)
		}
	}
}

// perfect is a trial in which each of n commands was executed once and
// answered within a millisecond.
func perfect(n int, closes bool) *results.Trial {
	records, connections := make([]results.Record, n), make([]results.Connection, 1)
	for i := range records {
		method := [...]string{"PUT", "GET"}[i%2]
		records[i] = results.Record{ID: results.CommandID{Seq: uint32(i)}, Method: method, Done: time.Millisecond,
			Outcome: results.OK, Attempts: 1, Ledger: true, Executed: 1}
	}
	if closes {
		connections = make([]results.Connection, n)
	}
	total, byMethod := results.Summarize(results.Evidence{Records: records, Connections: connections, Logged: true})
	return &results.Trial{Summary: total, ByMethod: byMethod}
}

func TestTheFieldCaseHasTheTimingsOfItsCapture(t *testing.T) {
	for _, sc := range defaultSuite(t).Scenarios {
		if sc.Name != "close race" {
			continue
		}
		f := sc.Device.Faults[0]
		if sc.Device.ServiceTime != faults.After(20*time.Millisecond) || f.Delay != faults.After(2700*time.Microsecond) ||
			f.Effect != faults.HalfClose || f.Then != faults.ThenClose || sc.Load.Gap != faults.After(2200*time.Microsecond) {
			t.Errorf("got %+v, %+v", sc.Device, sc.Load)
		}
	}
}

// Trials wait most of the time and overlap while they do; still, what all of
// them wait for in turn must leave the suite well under a minute.
func TestTheDefaultSuiteIsQuick(t *testing.T) {
	var total time.Duration
	for _, sc := range defaultSuite(t).Scenarios {
		each := sc.Load.Gap.Median() + sc.Device.ServiceTime.Median()
		wait := sc.Load.Duration + time.Duration(sc.Load.Commands)*each
		total += wait * time.Duration(len(sc.Strategies))
	}
	const overlapping = 8
	if total/overlapping > 30*time.Second {
		t.Errorf("the trials wait for %v, %v when %d overlap", total, total/overlapping, overlapping)
	}
	t.Logf("the trials wait for %v in all", total)
}
