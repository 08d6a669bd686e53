package results_test

import (
	"math"
	"testing"

	"rstorm/results"
)

// The examples of R. G. Newcombe, Two-sided confidence intervals for the single
// proportion, Statistics in Medicine 17, 1998, table I, method 3.
func TestSuccessHasThePublishedWilsonInterval(t *testing.T) {
	for _, c := range []struct {
		ok, n     int
		low, high float64
	}{
		{81, 263, 0.2553, 0.3662},
		{15, 148, 0.0624, 0.1605},
		{0, 20, 0.0000, 0.1611},
		{1, 29, 0.0061, 0.1718},
		{20, 20, 1 - 0.1611, 1}, // the third from the other side
	} {
		s, _ := results.Summarize(results.Evidence{Records: outcomes(c.ok, c.n-c.ok)})
		if !near(s.SuccessLow, c.low) || !near(s.SuccessHigh, c.high) {
			t.Errorf("%d of %d: [%.4f..%.4f], published [%.4f..%.4f]", c.ok, c.n, s.SuccessLow, s.SuccessHigh, c.low, c.high)
		}
	}
}

// outcomes are commands in order, first those that succeed.
func outcomes(ok, failed int) []results.Record {
	records := make([]results.Record, ok+failed)
	for i := range records {
		records[i].ID.Seq = uint32(i)
		if i < ok {
			records[i].Outcome = results.OK
		}
	}
	return records
}

func near[F ~float64](got F, want float64) bool { return math.Abs(float64(got)-want) < 0.00006 }

// paired makes two trials of the same commands, by what became of each in both.
func paired(both, onlyA, onlyB, neither int) (a, b []results.Record) {
	a, b = outcomes(both+onlyA, onlyB+neither), outcomes(both+onlyA+onlyB, neither)
	for i := range onlyA {
		b[both+i].Outcome = results.Reset
	}
	return a, b
}

// The examples of R. G. Newcombe, Improved confidence intervals for the
// difference between binomial proportions based on paired data, Statistics in
// Medicine 17, 1998, method 10.
func TestPairedDifferenceHasThePublishedInterval(t *testing.T) {
	for _, c := range []struct {
		both, onlyA, onlyB, neither int
		diff, low, high             float64
	}{
		{36, 12, 2, 0, 0.2000, 0.0569, 0.3404},
		{18, 12, 2, 18, 0.2000, 0.0562, 0.3290},
		{53, 0, 0, 1, 0, -0.0729, 0.0729},
		{0, 30, 0, 0, 1, 0.8395, 1},
	} {
		a, b := paired(c.both, c.onlyA, c.onlyB, c.neither)
		diff, low, high := results.PairedDifference(a, b)
		if !near(diff, c.diff) || !near(low, c.low) || !near(high, c.high) {
			t.Errorf("%d, %d, %d, %d: %.4f [%.4f..%.4f], published %.4f [%.4f..%.4f]",
				c.both, c.onlyA, c.onlyB, c.neither, diff, low, high, c.diff, c.low, c.high)
		}
		back, backLow, backHigh := results.PairedDifference(b, a)
		if !near(back, -diff) || !near(backLow, -high) || !near(backHigh, -low) {
			t.Errorf("the other way round: %.4f [%.4f..%.4f], want the mirror of %.4f [%.4f..%.4f]",
				back, backLow, backHigh, diff, low, high)
		}
	}
}

func TestPairedDifferenceStaysWithinItsBounds(t *testing.T) {
	for both := range 5 {
		for onlyA := range 5 {
			for onlyB := range 5 {
				for neither := range 5 {
					a, b := paired(both, onlyA, onlyB, neither)
					diff, low, high := results.PairedDifference(a, b)
					if len(a) > 0 && !(-1-1e-12 <= low && low <= diff && diff <= high && high <= 1+1e-12) {
						t.Fatalf("%d, %d, %d, %d: %v [%v..%v]", both, onlyA, onlyB, neither, diff, low, high)
					}
				}
			}
		}
	}
}

func TestPairedDifferenceJoinsById(t *testing.T) {
	a, b := paired(18, 12, 2, 18)
	want, _, _ := results.PairedDifference(a, b)
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	stranger := results.Record{ID: results.CommandID{Client: 9}, Outcome: results.OK}
	if got, _, _ := results.PairedDifference(append(a, stranger), b); got != want {
		t.Errorf("%v in another order and with a command the other has not, want %v", got, want)
	}
	if got, low, high := results.PairedDifference(a, []results.Record{stranger}); !math.IsNaN(got + low + high) {
		t.Errorf("%v [%v..%v] of no common command, want NaN", got, low, high)
	}
}
