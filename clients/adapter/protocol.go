// Package adapter runs a user's own HTTP client, in any language, as a process
// that speaks JSON lines on its standard input and output: version 1 of the
// protocol that docs/adapters.md describes. It trusts no process to behave.
package adapter

// Version is the protocol's. An adapter of another one is refused.
const Version = 1

// MaxLine bounds a line either way, its end included.
const MaxLine = 1 << 20

// Hello is an adapter's first message: who it is and what it can do.
type Hello struct {
	Type     string   `json:"type"` // hello
	Protocol int      `json:"protocol"`
	Name     string   `json:"name"`
	Lib      string   `json:"lib"`
	Runtime  string   `json:"runtime"`
	Caps     []string `json:"caps"`
	Profiles []string `json:"profiles"` // clients that init can choose from, the default first
}

// The capabilities that an adapter may have. Without any it plays closed loops
// of a constant gap, one command at a time.
const (
	CapBatch       = "batch"       // report: batch
	CapStream      = "stream"      // report: stream
	CapAt          = "at"          // pace of kind at: an open loop
	CapGaps        = "gaps"        // a gap_us of a command's own
	CapConcurrency = "concurrency" // several commands at once on one client
	CapTLS         = "tls"         // base_url with https, trusting ca_file
)

// Init asks for a fresh client with connections of its own. The one before is
// closed with them. The answer is a message of type ready, or error.
type Init struct {
	Type      string            `json:"type"` // init
	Protocol  int               `json:"protocol"`
	BaseURL   string            `json:"base_url"` // scheme, host and port; command paths are appended
	Profile   string            `json:"profile"`
	TimeoutMS int64             `json:"timeout_ms"` // of each command
	CAFile    string            `json:"ca_file,omitempty"`
	Options   map[string]string `json:"options"`
}

// Sync asks for the adapter's monotonic clock. The answer is the same with T.
type Sync struct {
	Type string `json:"type"` // sync
	ID   int    `json:"id"`
	T    int64  `json:"t,omitempty"` // nanoseconds
}

// Run asks for commands to be sent. Runs may be sent ahead: they are carried
// out one after the other without a pause of their own.
type Run struct {
	Type        string    `json:"type"` // run
	ID          int       `json:"id"`
	Report      string    `json:"report"`                // batch: results are written when the run is done; stream: each at once
	GapUS       int64     `json:"gap_us"`                // closed loop: the pause after every answer, the last included
	Pace        *Pace     `json:"pace,omitempty"`        // open loop, in the gap's place
	Concurrency int       `json:"concurrency,omitempty"` // commands at once; 0 is 1
	Commands    []Command `json:"commands"`
}

// Pace is an open loop: command i is due AtUS[i] microseconds after the run
// begins, whether those before were answered or not; with all of its
// concurrency at work it is sent as soon as one is free.
type Pace struct {
	Kind string  `json:"kind"` // at
	AtUS []int64 `json:"at_us"`
}

// Command is a request to make.
type Command struct {
	Seq     int               `json:"seq"`
	Method  string            `json:"method"`
	Path    string            `json:"path"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body,omitempty"`
	GapUS   *int64            `json:"gap_us,omitempty"` // the pause after it, in the run's place
}

// Result is what became of a command. Times are of the adapter's monotonic
// clock: as it called its library, and as that had returned the whole body, or
// the error.
type Result struct {
	Type   string `json:"type"` // res
	Run    int    `json:"run"`
	Seq    int    `json:"seq"`
	T0     int64  `json:"t0"`
	T1     int64  `json:"t1"`
	Status int    `json:"status,omitempty"`
	Bytes  *int64 `json:"bytes,omitempty"`  // of the body
	SHA256 string `json:"sha256,omitempty"` // of the body, in hex
	Err    *Error `json:"err,omitempty"`
}

// Error is an error as the client's library tells it.
type Error struct {
	Name  string   `json:"name"`
	Code  string   `json:"code,omitempty"`
	Msg   string   `json:"msg"`
	Chain []string `json:"chain,omitempty"` // what caused it, outermost first
}
