package device

import (
	"slices"
	"time"

	"rstorm/faults"
)

// A Profile is how a device treats connections. Its fields are its keys in
// scenarios.yaml; its zero value is a device that works.
type Profile struct {
	ServiceTime          faults.Delay   `yaml:"service_time" doc:"from a whole request to its execution"`
	Faults               []faults.Fault `yaml:"faults" doc:"what the device does wrong by itself"` // completed, for side faults.Device
	MaxConnections       int            `yaml:"max_connections" min:"0" max:"1000000" doc:"connections open at once; over_limit says what becomes of one more; 0 is no limit" zero:"is no limit"`
	ConnectionsPerSecond int            `yaml:"connections_per_second" min:"0" max:"1000000" doc:"new connections (token bucket); over_limit says what becomes of one more; 0 is no limit" zero:"is no limit"`
	Burst                int            `yaml:"burst" min:"0" max:"1000000" doc:"size of the bucket of connections_per_second; 0 is a tenth of a second's worth, at least 1" zero:"is a tenth of a second's worth, at least 1"`
	OverLimit            OverLimit      `yaml:"over_limit" doc:"what becomes of a connection over a limit; default reset"`
	RetryAfter           int            `yaml:"retry_after" min:"0" max:"86400" doc:"with over_limit answer: seconds in the Retry-After field; 0 sends none" zero:"sends none"`
	Backlog              int            `yaml:"backlog" min:"0" max:"65535" doc:"connections that may wait to be accepted; 0 is the system's default" zero:"is the system's default"`
	MaxBody              int64          `yaml:"max_body" min:"0" max:"1048576" doc:"largest body of a request in bytes; too_large says what becomes of a larger one; 0 is 1 MiB" zero:"is 1 MiB"`
	TooLarge             TooLarge       `yaml:"too_large" doc:"what becomes of a request that is too large; default drain"`
	KeepAliveTimeout     time.Duration  `yaml:"keep_alive_timeout" min:"0" max:"24h" doc:"the timeout that answers promise in a Keep-Alive field; what is kept is up to the faults; 0 promises none" zero:"promises none"`
	KeepAliveMax         int            `yaml:"keep_alive_max" min:"0" max:"1000000" doc:"the number of requests that answers promise in a Keep-Alive field; 0 promises none" zero:"promises none"`
	Deduplicate          bool           `yaml:"deduplicate" doc:"a repeated command id is answered as before and not executed again"`
}

// OverLimit is what becomes of a connection over a limit.
type OverLimit string

// What becomes of it.
const (
	OverReset  OverLimit = "reset"  // reset when it is accepted
	OverAnswer OverLimit = "answer" // its first request is answered 429 (rate) or 503 (slots), and the close announced
	OverQueue  OverLimit = "queue"  // it waits in the backlog; once that is full its SYN is dropped
	OverRefuse OverLimit = "refuse" // nothing listens until there is room again
)

// Names lists them, for suggestions.
func (OverLimit) Names() []string {
	return []string{string(OverReset), string(OverAnswer), string(OverQueue), string(OverRefuse)}
}

// TooLarge is what becomes of a request whose body is too large.
type TooLarge string

// What becomes of it.
const (
	LargeDrain  TooLarge = "drain"  // 413, then a lingering close: the client can read the answer
	LargeAbrupt TooLarge = "abrupt" // 413, then close at once: the unread rest makes it a reset
	LargeSilent TooLarge = "silent" // no answer, close at once
)

// Names lists them, for suggestions.
func (TooLarge) Names() []string {
	return []string{string(LargeDrain), string(LargeAbrupt), string(LargeSilent)}
}

// Validate reports what is wrong between p's fields; each error is a
// *[faults.FieldError]. The fields by themselves, faults included, are for who
// read them to judge.
func (p *Profile) Validate() []error {
	var errs []error
	bad := func(wrong bool, field, problem string) {
		if wrong {
			errs = append(errs, &faults.FieldError{Field: field, Problem: problem})
		}
	}
	limited := p.MaxConnections > 0 || p.ConnectionsPerSecond > 0
	bad(p.Burst > 0 && p.ConnectionsPerSecond == 0, "burst", "burst is the bucket of connections_per_second, which is not set")
	bad(p.OverLimit != "" && !limited, "over_limit", "over_limit needs max_connections or connections_per_second")
	bad((p.OverLimit == OverQueue || p.OverLimit == OverRefuse) && p.MaxConnections == 0, "over_limit", "queue and refuse go with max_connections")
	bad(p.RetryAfter > 0 && p.OverLimit != OverAnswer, "retry_after", "retry_after goes with over_limit: answer")
	bad(p.TooLarge != "" && p.MaxBody == 0, "too_large", "too_large needs max_body")
	bad(p.KeepAliveTimeout%time.Second != 0, "keep_alive_timeout", "a Keep-Alive field counts in whole seconds")
	return errs
}

// Crashes reports whether the device's process ends by one of its faults: such
// a device must run as a process of its own.
func (p *Profile) Crashes() bool {
	return slices.ContainsFunc(p.Faults, func(f faults.Fault) bool { return f.Effect == faults.Crash || f.Effect == faults.Exit })
}
