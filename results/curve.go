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
	Scenario   string       `json:"scenario"`
	Strategy   string       `json:"strategy"`
	Points     []CurvePoint `json:"points"`     // by value
	Crossings  []Crossing   `json:"crossings"`  // by value
	Trials     int          `json:"trials"`     // that were played
	Sent       float64      `json:"sent"`       // the highest rate that was sent, in commands a second, if a higher one could not be; else 0
	Dispersion float64      `json:"dispersion"` // how many times as much trials of a value differ as independent commands would make them (McCullagh and Nelder 1989, section 4.5); at least 1
	Spent      bool         `json:"spent"`      // the trials or the time allowed did not suffice to narrow it down as far as was asked for
	Partial    bool         `json:"partial"`    // it was cut short
}

// A CurvePoint is a value that was played.
type CurvePoint struct {
	Value       float64       `json:"value"`
	Text        string        `json:"text"`
	Trials      int           `json:"trials"`
	Perturbed   int           `json:"perturbed"` // trials among them in which the machine was too busy to play the schedule; they count nowhere else, unless all are such
	Unsent      int           `json:"unsent"`    // trials among them whose rate could not be sent: commands waited for those before them; they count as little
	Commands    int           `json:"commands"`
	OK          int           `json:"ok"`
	Success     Rate          `json:"success"`
	SuccessLow  Rate          `json:"success_low"`
	SuccessHigh Rate          `json:"success_high"` // 95 % interval (Wilson 1927), widened by the curve's dispersion
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
	Spoilt    Side = "perturbed" // in most of its trials the machine was too busy: what they came to decides nothing
	Unsent    Side = "not sent"  // in most of its trials the rate could not be sent: neither does that
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
