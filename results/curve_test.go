package results_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"rstorm/results"
)

// swept is a small sweep of one curve that falls, one that is flat, one that
// can't be told and one of which nothing is known.
func swept() *results.Sweep {
	point := func(value float64, text string, ok int, side results.Side, l results.Losses) results.CurvePoint {
		share, low, high := results.Wilson(ok, 100, 1.96)
		return results.CurvePoint{Value: value, Text: text, Trials: 1, Commands: 100, OK: ok, Side: side, Losses: l, P99: 20 * ms,
			Success: results.Rate(share), SuccessLow: results.Rate(low), SuccessHigh: results.Rate(high)}
	}
	nan := results.Rate(math.NaN())
	return &results.Sweep{Seed: 7, Setting: "load.gap", Unit: "ns", From: 0, To: 2e6, FromText: "0s", ToText: "2ms", Bound: .8, Elapsed: 3 * ms, Fidelity: 2,
		Curves: []results.Curve{
			{Scenario: "race", Strategy: "falls", Trials: 3, Points: []results.CurvePoint{
				point(0, "0s", 100, results.Above, results.Losses{}),
				point(1e6, "1ms", 80, results.Undecided, results.Losses{Crossed: 20}),
				point(2e6, "2ms", 30, results.Below, results.Losses{Late: 40, Idle: 10, Other: 15, Unknown: 5})},
				Crossings: []results.Crossing{{Value: 1e6, Low: 0, High: 2e6, Text: "1ms", LowText: "0s", HighText: "2ms", Falls: true}}},
			{Scenario: "race", Strategy: "flat", Points: []results.CurvePoint{point(0, "0s", 100, results.Above, results.Losses{})}},
			{Scenario: "race", Strategy: "vague", Trials: 1, Spent: true, Points: []results.CurvePoint{point(0, "0s", 80, results.Undecided, results.Losses{Crossed: 20})}},
			{Scenario: "race", Strategy: "void", Points: []results.CurvePoint{{Text: "0s", Trials: 1, Success: nan, SuccessLow: nan, SuccessHigh: nan, Side: results.Undecided}}},
		}}
}

func TestACurvesTableSaysWhereItCrossesTheBound(t *testing.T) {
	var b bytes.Buffer
	if err := results.WriteCurves(&b, swept()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"race, falls: success over load.gap from 0s to 2ms\n",
		"  1ms        80.0 % [71..87]        100                 0       20     0      0  0  20.0ms  ####################|\n",
		"  2ms        30.0 % [21..40]        100                40        0    10     15  5  20.0ms  ########            |\n",
		"falls: success falls below 80 % at load.gap 1ms [0s..2ms]\n",
		"flat: success is above 80 % at every value played from load.gap 0s to 2ms\n",
		"vague: undecided: at 1 value of 1 from load.gap 0s to 2ms the success could not be told from 80 %;",
		"void: no data: no command was played to its end\n",
		"seed 7, took 3.00ms\n", "fidelity 2 of 3: seen from packets.",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%s\nlacks %q", b.String(), want)
		}
	}
	for i, decided := range []bool{true, true, false, false} {
		if c := swept().Curves[i]; c.Decided() != decided {
			t.Errorf("%s: decided %t", c.Strategy, !decided)
		}
	}
}

// What was not played as it was meant decides nothing, and the sentence says so.
func TestValuesThatWereNotPlayedAsMeantAreSaidToDecideNothing(t *testing.T) {
	point := func(value float64, side results.Side) results.CurvePoint {
		return results.CurvePoint{Value: value, Text: "1ms", Trials: 3, Commands: 300, OK: 300, Success: 1, SuccessLow: .98, SuccessHigh: 1, Side: side}
	}
	above, unsent, spoilt := point(1, results.Above), point(2, results.Unsent), point(3, results.Spoilt)
	for _, c := range []struct {
		curve   results.Curve
		want    string
		decided bool
	}{
		{results.Curve{Points: []results.CurvePoint{above, unsent}, Sent: 1200}, "x: undecided: from load.gap 0s to 2ms success is above 80 % at 1 of 2 values; commands could not be sent above 1200/s: 1 value not judged seed 7", false},
		{results.Curve{Points: []results.CurvePoint{spoilt, spoilt}}, "x: undecided from load.gap 0s to 2ms: no value could be played as it was meant; 2 values not judged: the machine was too busy in most trials seed 7", false},
		{results.Curve{Points: []results.CurvePoint{above}, Dispersion: 4}, "x: success is above 80 % at every value played from load.gap 0s to 2ms; trials differ by more than chance: intervals are 2.0 times as wide as of independent commands seed 7", true},
		{results.Curve{Points: []results.CurvePoint{above, spoilt}, Crossings: []results.Crossing{{Low: 0, High: 1, Text: "1ms", LowText: "0s", HighText: "1ms"}}}, "x: success rises above 80 % at load.gap 1ms [0s..1ms]; 1 value not judged: the machine was too busy in most trials seed 7", true},
	} {
		s := swept()
		c.curve.Strategy = "x"
		s.Curves = []results.Curve{c.curve}
		var b bytes.Buffer
		if err := results.WriteCurves(&b, s); err != nil || !strings.Contains(strings.Join(strings.Fields(b.String()), " "), c.want) || s.Curves[0].Decided() != c.decided {
			t.Errorf("%v\n%s\nlacks %s", err, b.String(), c.want)
		}
		for _, p := range c.curve.Points {
			if marked := strings.Contains(b.String(), "  "+string(p.Side)+"\n"); marked != (p.Side != results.Above) {
				t.Errorf("%s is marked: %t", p.Side, marked)
			}
		}
	}
}

func TestCurvesAreExportedWhole(t *testing.T) {
	var text bytes.Buffer
	s := swept()
	s.Note("once", "once", "")
	if err := results.WriteCurvesJSON(&text, s); err != nil {
		t.Fatal(err)
	}
	var back results.Sweep
	if err := json.Unmarshal(text.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
	if back.Schema != results.Schema || len(back.Curves) != 4 || back.Curves[0].Points[2] != s.Curves[0].Points[2] ||
		back.Curves[0].Crossings[0] != s.Curves[0].Crossings[0] || back.Curves[3].Points[0].Success.Known() || len(back.Notes) != 1 {
		t.Errorf("%s\nis read as %+v", text.String(), back)
	}
	if strings.Contains(text.String(), "null,\n      \"trials\"") || !strings.Contains(text.String(), `"crossings": []`) {
		t.Error("what is empty is not an empty list")
	}

	text.Reset()
	if err := results.WriteCurvesCSV(&text, s); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&text).ReadAll()
	if err != nil || len(rows) != 7 {
		t.Fatalf("%v, %q", err, rows)
	}
	if got := strings.Join(rows[3], ","); got != "race,falls,load.gap,2000000,2ms,1,0,0,100,30,"+rows[3][10]+","+rows[3][11]+","+rows[3][12]+",below the bound,40,0,10,15,5,20000000" {
		t.Error(got)
	}
	if void := rows[6]; void[10] != "" || void[11] != "" {
		t.Errorf("%q", void)
	}
}

func TestLossesAreSplitByWhetherALookWouldHaveHelped(t *testing.T) {
	for _, c := range []struct {
		name string
		s    results.Summary
		want results.Losses
	}{
		{"nothing", results.Summary{Commands: 10, OK: 10}, results.Losses{}},
		{"each", results.Summary{Commands: 20, OK: 5, Outcomes: map[results.Outcome]int{results.Rejected: 2},
			Failures: results.Failures{ByCause: map[string]int{"stale-reuse": 1, "close-race": 2, "close-collision": 3, "idle-timeout-race": 4, "refused": 1, results.CauseUnknown: 2}}},
			results.Losses{Late: 1, Crossed: 5, Idle: 4, Other: 3, Unknown: 2}},
		{"made good", results.Summary{Commands: 10, OK: 10, Failures: results.Failures{ByCause: map[string]int{"stale-reuse": 4}}}, results.Losses{Late: 4}},
		{"nobody told of an attempt", results.Summary{Commands: 10, OK: 3}, results.Losses{Unknown: 7}},
	} {
		if got := c.s.Losses(); got != c.want || got.Plus(got).Sum() != 2*c.want.Sum() {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
	for _, id := range results.CauseIDs() {
		s := results.Summary{Commands: 1, Failures: results.Failures{ByCause: map[string]int{id: 1}}}
		if got := s.Losses(); got.Sum() != 1 || got.Unknown != 0 {
			t.Errorf("%s: %+v", id, got)
		}
	}
}
