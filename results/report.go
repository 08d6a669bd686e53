package results

import "time"

// Schema is the major number of the report's JSON. Readers refuse others.
const Schema = 1

// A Report is everything one invocation found.
type Report struct {
	Schema      int           `json:"schema"`
	Seed        uint64        `json:"seed"`
	Held        bool          `json:"held"`     // see [Report.Judge]
	Partial     bool          `json:"partial"`  // the run was interrupted or could not finish
	Fidelity    int           `json:"fidelity"` // of the evidence: 0 errors, 1 counters, 2 wire, 3 wire and kernel reason
	Began       time.Time     `json:"began"`
	Elapsed     time.Duration `json:"elapsed_ns"`
	Suite       SuiteInfo     `json:"suite"`
	Environment Environment   `json:"environment"`
	Overhead    *Overhead     `json:"overhead"` // null if it was not measured
	Kernel      *Kernel       `json:"kernel"`   // null where the system has no counters
	Trials      []Trial       `json:"trials"`
	Scenarios   []Scenario    `json:"scenarios"`
	Notes       []string      `json:"notes"` // limits of this run that a reader must know

	Recommendations []Recommendation `json:"recommendations"` // see [Report.Recommend]
}

// SuiteInfo identifies what was played.
type SuiteInfo struct {
	File   string `json:"file"`
	SHA256 string `json:"sha256"` // of the text, in hex
	Text   string `json:"text"`
}

// Environment is where the run took place.
type Environment struct {
	Version      string `json:"version"` // of rstorm
	Build        string `json:"build"`   // revision of its source, + if that was changed; empty if unknown
	Go           string `json:"go"`
	OS           string `json:"os"`
	Arch         string `json:"arch"`
	Kernel       string `json:"kernel"` // release; empty if unknown
	CPUs         int    `json:"cpus"`
	Root         bool   `json:"root"`          // the machine's, not that of a private network
	Isolated     bool   `json:"isolated"`      // in a private network of its own
	Link         string `json:"link"`          // embedded, or the remote Toxiproxy's address
	Target       string `json:"target"`        // embedded, or the device's URL
	FidelityNote string `json:"fidelity_note"` // why the fidelity is not higher
}

// Overhead is what the harness adds to a command, measured in this run with
// the embedded device without faults: median times of a naive client.
type Overhead struct {
	Commands int           `json:"commands"` // measured each way
	Direct   time.Duration `json:"direct_ns"`
	Link     time.Duration `json:"link_ns"` // through an empty link
}

// Kernel holds how far the counters of this network namespace moved during the
// run. Foreign traffic counts too.
type Kernel struct {
	OutResets         uint64 `json:"out_rsts"`
	EstablishedResets uint64 `json:"estab_resets"`
}

// A Trial is one scenario with one strategy, once.
type Trial struct {
	Scenario     string             `json:"scenario"`
	Strategy     string             `json:"strategy"`
	Uses         string             `json:"uses"`       // the kind of strategy that Strategy is a label of
	Settings     string             `json:"settings"`   // those that differ from its defaults, as in "attempts: 8, backoff: 20ms"
	Repetition   int                `json:"repetition"` // from 1
	Began        time.Duration      `json:"began_ns"`   // since the report's Began
	Elapsed      time.Duration      `json:"elapsed_ns"`
	Summary      Summary            `json:"summary"`
	ByMethod     map[string]Summary `json:"by_method"`
	Verdicts     []Verdict          `json:"verdicts"`
	Perturbed    bool               `json:"perturbed"`
	Perturbation string             `json:"perturbation,omitempty"` // why, if so
	Partial      bool               `json:"partial"`
	Notes        []string           `json:"notes,omitempty"`

	Client        *Client      `json:"client,omitempty"` // null unless the strategy is a client of another process
	Certificate   *Certificate `json:"certificate"`      // null if packets were not captured
	Findings      []Finding    `json:"findings"`         // the first ones, by connection
	FindingsTotal int          `json:"findings_total"`   // how many there are in all: Summary counts every one
}

// A Scenario holds the verdicts on a scenario as a whole: on counts summed
// over its strategies, and on relations between them.
type Scenario struct {
	Scenario   string     `json:"scenario"`
	About      string     `json:"about"`
	Protocol   Protocol   `json:"protocol"`
	Shows      []string   `json:"shows"`             // ids of [Causes]
	Produced   string     `json:"produced"`          // what goes wrong in it, in a line
	Skipped    string     `json:"skipped,omitempty"` // why it was not played on this machine
	Repetition int        `json:"repetition"`
	Verdicts   []Verdict  `json:"verdicts"`
	Unplayed   []Unplayed `json:"unplayed,omitempty"` // strategies that could not be played here

	// Differences are of each other strategy to the scenario's first; none
	// where the load is bounded by time, for its commands do not pair.
	Differences []Difference `json:"differences"`
	Pairings    []Pairing    `json:"pairings"` // of each strategy with each before it, under the same condition
}

// An Unplayed is a strategy that could not be played on this machine.
type Unplayed struct {
	Strategy string `json:"strategy"`
	Why      string `json:"why"`
}

// A Difference is how much more of the same commands one strategy's caller got
// than another's: see [PairedDifference].
type Difference struct {
	Strategy string `json:"strategy"`
	Than     string `json:"than"`
	Success  Rate   `json:"success"` // the one's minus the other's
	Low      Rate   `json:"success_low"`
	High     Rate   `json:"success_high"` // 95 % interval
}

// A Pairing counts the commands that two strategies both carried, by whose
// caller got the expected answer. Pairings add up over repetitions.
type Pairing struct {
	Strategy     string `json:"strategy"`
	Than         string `json:"than"`
	Both         int    `json:"both"`
	OnlyStrategy int    `json:"only_strategy"`
	OnlyThan     int    `json:"only_than"`
	Neither      int    `json:"neither"`
}

// Pair joins the commands of two strategies by id, as [PairedDifference] does.
func Pair(strategy string, a []Record, than string, b []Record) Pairing {
	p := pairsOf(a, b)
	return Pairing{strategy, than, p.both, p.onlyA, p.onlyB, p.neither}
}

// A Verdict is the judgement on one threshold.
type Verdict struct {
	Threshold string    `json:"threshold"` // as written
	Observed  string    `json:"observed"`  // "no data" if there was nothing to read
	Result    Judgement `json:"result"`
}

// A Judgement is what became of a threshold.
type Judgement string

// The judgements. Only Held is a pass; Skipped was not asked for.
const (
	Held    Judgement = "held"
	Missed  Judgement = "failed"
	NoData  Judgement = "no data"
	Skipped Judgement = "skipped" // its strategy was not selected, or its scenario can't be played here
)
