package results

import (
	"encoding/json"
	"math"
	"slices"
	"time"
)

// A Recommendation says which strategy to use against a scenario's device, or
// against all devices of the suite.
//
// Per scenario, with all repetitions of a strategy put together, whoever is
// worse than the best of those left is out, rule by rule:
//
//   - a client that broke or left commands without a report, where another's did
//     not: its success and costs are of what it came to, and not comparable;
//   - a trial cut short, where others are whole;
//   - more control commands lost or executed twice;
//   - less success, beyond noise: the 95 % interval of the difference over the
//     same commands does not contain 0;
//   - success below 99 %, where another's is not;
//   - a p90 more than twice as long, and by 2 ms, where so is the p50, or the p99
//     and the trial was not perturbed;
//   - more connections reset, beyond noise;
//   - more connections, by more than a tenth and one;
//   - a higher p50, by more than a tenth and 0.1 ms.
//
// Of those that no rule tells apart the scenario's first wins; nobody does
// without a command.
//
// This is the order harm, success, p99, resets and connections, but that each
// step counts only beyond noise: the bare order goes on to the next between
// equals, and there are hardly any. The p99 of some hundred commands is the
// second or third slowest, and no two runs agree on it; so the p90 has to bear
// it out. Latencies are the medians of those of the repetitions.
//
// Over the suite only strategies can win that were played wherever any was, and
// first those whose client broke nowhere and that were cut short nowhere: by
// the least harm in all, then by the number of scenarios in which the rules up
// to success beyond noise leave them in, then by the success in their worst
// scenario, beyond noise, then by the fewest scenarios in which the rule of the
// p90 puts them out, then by resets and connections as above.
type Recommendation struct {
	Scenario string `json:"scenario"` // empty for the whole suite
	Strategy string `json:"strategy"` // empty if none can be recommended: Reason says why
	Uses     string `json:"uses"`
	Settings string `json:"settings"` // see [Trial]
	Reason   string `json:"reason"`
	Caveat   string `json:"caveat,omitempty"` // why the trials it rests on are not to be relied on, if so
	Costs    *Costs `json:"costs"`            // null without a strategy, or if its client broke

	Beaten      []Beating `json:"beaten"`           // scenarios in which another strategy does better
	Breaks      []Break   `json:"breaks"`           // scenarios, this one included, in which it breaks; the worst first
	Undecided   []string  `json:"undecided_with"`   // strategies as good as this one, as far as harm and success can tell
	BreaksAbove *Limit    `json:"breaks_above"`     // null unless it was searched for and found
	Limits      string    `json:"limits,omitempty"` // what a search for it found, in a sentence
}

// Costs compare a strategy with the simplest that was played: naive, or else
// the first whose client did not break. Counts are summed over the repetitions
// and, for the suite, over the scenarios; times are their medians.
type Costs struct {
	Than            string       `json:"than"`
	Latency         *LatencyCost `json:"latency_ns"` // null if one of the two had no success
	Commands        int          `json:"commands"`
	ThanCommands    int          `json:"than_commands"`
	Connections     Count        `json:"connections"`
	ThanConnections Count        `json:"than_connections"`
	TimeWait        Count        `json:"time_wait"`
	ThanTimeWait    Count        `json:"than_time_wait"`
	Attempts        Rate         `json:"attempts_per_command"`
	ThanAttempts    Rate         `json:"than_attempts_per_command"`
	HiddenResets    Count        `json:"hidden_resets"`
	ThanHidden      Count        `json:"than_hidden_resets"`
}

// A LatencyCost is how much more time a strategy takes than another.
type LatencyCost struct {
	P50     time.Duration `json:"p50"` // less the other's
	P90     time.Duration `json:"p90"`
	P99     time.Duration `json:"p99"`
	ThanP50 time.Duration `json:"than_p50"` // the other's own
	ThanP90 time.Duration `json:"than_p90"`
	ThanP99 time.Duration `json:"than_p99"`
}

// A Beating is a scenario in which another strategy is recommended, and the
// first is not as good.
type Beating struct {
	Scenario string `json:"scenario"`
	By       string `json:"by"`
}

// A Break is a scenario in which a strategy loses control commands or executes
// them twice, or in which its success is below 99 % beyond noise.
type Break struct {
	Scenario string `json:"scenario"`
	Success  Rate   `json:"success"`
	Harm     Count  `json:"harm"` // control commands lost or executed more than once
}

// A Limit is the load beyond which a strategy breaks.
type Limit struct {
	Rate float64 `json:"rate"`
	Low  float64 `json:"low"`
	High float64 `json:"high"` // 95 % interval
	Unit string  `json:"unit"`
}

// Recommend sets Recommendations from the trials: one per scenario that was
// played, in the order of the trials, and if there are several, one for all.
func (r *Report) Recommend() {
	r.Recommendations = nil
	fields := fieldsOf(r)
	for _, f := range fields {
		rec := f.recommend()
		if w := f.winner; w != nil {
			rec.Beaten, rec.Breaks = beaten(fields, w.kind), breaks(fields, w.kind)
		}
		r.Recommendations = append(r.Recommendations, rec)
	}
	if len(fields) > 1 {
		r.Recommendations = append(r.Recommendations, overall(fields))
	}
}

// BreaksHere reports whether the strategy breaks in its own scenario, in which
// it is but the best of a bad lot.
func (c *Recommendation) BreaksHere() bool {
	return slices.ContainsFunc(c.Breaks, func(b Break) bool { return b.Scenario == c.Scenario })
}

// UnmarshalJSON reads costs. Counts and rates that are not there are unknown.
func (c *Costs) UnmarshalJSON(text []byte) error {
	type fields Costs // without this method
	none := Rate(math.NaN())
	read := fields{Connections: Unknown, ThanConnections: Unknown, TimeWait: Unknown, ThanTimeWait: Unknown,
		HiddenResets: Unknown, ThanHidden: Unknown, Attempts: none, ThanAttempts: none}
	if err := json.Unmarshal(text, &read); err != nil {
		return err
	}
	*c = Costs(read)
	return nil
}

// UnmarshalJSON reads a break. What is not there is unknown.
func (b *Break) UnmarshalJSON(text []byte) error {
	type fields Break // without this method
	read := fields{Success: Rate(math.NaN()), Harm: Unknown}
	if err := json.Unmarshal(text, &read); err != nil {
		return err
	}
	*b = Break(read)
	return nil
}
