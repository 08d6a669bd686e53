package results

import (
	"slices"
	"time"
)

// A Sweep is what a setting of a scenario came to from one value to another,
// strategy by strategy. Values are in the setting's unit: times in nanoseconds,
// shares from 0 to 1.
type Sweep struct {
	Schema  int           `json:"schema"`
	Seed    uint64        `json:"seed"`
	Partial bool          `json:"partial"` // it was interrupted or could not finish
	Began   time.Time     `json:"began"`
	Elapsed time.Duration `json:"elapsed_ns"`

	Setting  string  `json:"setting"` // the path of what was changed
	Unit     string  `json:"unit"`    // ns, count, number or share
	From     float64 `json:"from"`
	To       float64 `json:"to"`
	FromText string  `json:"from_text"` // as a file would have it, as is every text
	ToText   string  `json:"to_text"`
	Step     float64 `json:"step"`  // values closer than that are not told apart
	Bound    Rate    `json:"bound"` // on success

	Fidelity    int         `json:"fidelity"`
	Suite       SuiteInfo   `json:"suite"`
	Environment Environment `json:"environment"`
	Curves      []Curve     `json:"curves"`
	Notes       []string    `json:"notes"` // limits of this sweep that a reader must know
}

// A Curve is what one strategy's success came to over the values of a setting,
// and where it crosses the bound.
type Curve struct {
	Scenario  string       `json:"scenario"`
	Strategy  string       `json:"strategy"`
	Points    []CurvePoint `json:"points"`    // by value
	Crossings []Crossing   `json:"crossings"` // by value
	Trials    int          `json:"trials"`    // that were played
	Spent     bool         `json:"spent"`     // the trials or the time allowed did not suffice to narrow it down as far as was asked for
	Partial   bool         `json:"partial"`   // it was cut short
}

// A CurvePoint is a value that was played.
type CurvePoint struct {
	Value       float64       `json:"value"`
	Text        string        `json:"text"`
	Trials      int           `json:"trials"`
	Perturbed   int           `json:"perturbed"` // trials among them in which the machine was too busy to play the schedule; the first three count only if there is nothing else
	Commands    int           `json:"commands"`
	OK          int           `json:"ok"`
	Success     Rate          `json:"success"`
	SuccessLow  Rate          `json:"success_low"`
	SuccessHigh Rate          `json:"success_high"` // 95 % interval (Wilson 1927)
	Side        Side          `json:"side"`
	Losses      Losses        `json:"losses"`
	P99         time.Duration `json:"p99_ns"` // of the latency of successful commands: the largest of the trials; 0 if none succeeded
}

// A Side says where a point lies.
type Side string

// The sides.
const (
	Above     Side = "at or above the bound"
	Below     Side = "below the bound"
	Undecided Side = "undecided" // the interval contains the bound
)

// A Crossing is where success crosses the bound.
type Crossing struct {
	Value    float64 `json:"value"` // the likeliest, by interpolation between the points
	Low      float64 `json:"low"`
	High     float64 `json:"high"` // 95 % interval
	Text     string  `json:"text"`
	LowText  string  `json:"low_text"`
	HighText string  `json:"high_text"`
	Falls    bool    `json:"falls"` // with growing value; else it rises
}

// Decided reports whether c says where the success lies: it crosses the bound
// somewhere, or every point lies on one side.
func (c *Curve) Decided() bool {
	return len(c.Crossings) > 0 || c.all(Above) || c.all(Below)
}

// all reports whether every point that was played lies on a side.
func (c *Curve) all(s Side) bool {
	n := 0
	for _, p := range c.Points {
		if p.Commands > 0 && p.Side != s {
			return false
		}
		n += p.Commands
	}
	return n > 0
}

// Note adds notes, each once; not that of a report in which nothing was judged,
// for a sweep judges nothing.
func (s *Sweep) Note(notes ...string) {
	for _, n := range notes {
		if n != "" && n != nothingJudged && !slices.Contains(s.Notes, n) {
			s.Notes = append(s.Notes, n)
		}
	}
}
