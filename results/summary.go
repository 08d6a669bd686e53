package results

import "time"

// A Summary is what a trial, or the commands of one method in it, came to. The
// fields are defined in one place, [Summarize], and mean the same everywhere.
type Summary struct {
	Commands    int  `json:"commands"` // due
	OK          int  `json:"ok"`       // the caller got the expected answer, whole and verified
	Success     Rate `json:"success"`  // OK / Commands; unknown if there were none
	SuccessLow  Rate `json:"success_low"`
	SuccessHigh Rate `json:"success_high"` // 95 % interval (Wilson 1927)

	ExecutedOnce Count `json:"executed_once"` // executed exactly once
	Lost         Count `json:"lost"`          // reported ok, never executed
	Duplicates   Count `json:"duplicates"`    // executed more than once
	Ghosts       Count `json:"ghosts"`        // reported failed, yet executed
	NotExecuted  Count `json:"not_executed"`  // reported failed, not executed
	Reordered    Count `json:"reordered"`     // executed after a newer command of the same client that was sent once this one had been reported

	Attempts    int             `json:"attempts"`    // at the commands, those included that got no connection
	Exchanges   Count           `json:"exchanges"`   // requests that came on the connections; unknown per method
	Connections Count           `json:"connections"` // accepted on the way to the device; unknown per method
	TimeWait    Count           `json:"time_wait"`   // connections whose client closed first: their port waits (RFC 9293 section 3.6.1)
	Outcomes    map[Outcome]int `json:"outcomes"`    // commands by outcome; absent is 0
	Resets      Resets          `json:"resets"`
	Failures    Failures        `json:"failures"`

	Latency        Quantiles      `json:"latency_ns"`         // of ok commands, from due
	FailedLatency  Quantiles      `json:"failed_latency_ns"`  // of the others, from due
	Service        Quantiles      `json:"service_ns"`         // of ok commands, from the last attempt's sending
	Recovery       *time.Duration `json:"recovery_ns"`        // from the end of the last fault window to the first success; null if no window ended or none came
	SteadyRecovery *time.Duration `json:"steady_recovery_ns"` // to the first of 10 successes in a row; null if so many never came
}

// Resets counts connections that saw a RST, never RST segments: one lost
// command makes one to three of those.
type Resets struct {
	Connections Count          `json:"connections"` // by the link's log; unknown through a stock Toxiproxy
	Seen        int            `json:"seen"`        // commands whose caller got a reset (errno)
	Hidden      Count          `json:"hidden"`      // resets the client's sockets reported and its caller never learnt of; unknown where nobody saw them
	ByOrigin    map[Origin]int `json:"by_origin"`   // absent is 0; null if Connections is unknown
	ByCause     map[string]int `json:"by_cause"`    // absent is 0; null if Connections is unknown
}

// Failures counts the attempts that failed, as far as clients tell of them:
// those too that the command's caller never learnt of.
type Failures struct {
	Attempts int            `json:"attempts"`
	ByCause  map[string]int `json:"by_cause"` // absent is 0; "unknown" where the evidence leaves several causes, or none
}

// Quantiles are of a distribution of times; zero when N is. They are read from
// an HDR histogram and lie at most 0.1 % above the exact value of rank
// round(N x quantile); Max is exact. Times over an hour count as an hour in the
// quantiles.
type Quantiles struct {
	N    int64         `json:"n"`
	P50  time.Duration `json:"p50"`
	P90  time.Duration `json:"p90"`
	P99  time.Duration `json:"p99"`
	P999 time.Duration `json:"p99_9"`
	Max  time.Duration `json:"max"`
}
