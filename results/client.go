package results

import "time"

// A Client is an external client, as it tells of itself.
type Client struct {
	Command    []string      `json:"command"`
	Profile    string        `json:"profile"`
	Name       string        `json:"name"`
	Lib        string        `json:"lib"`
	Runtime    string        `json:"runtime"`
	Startup    time.Duration `json:"startup_ns"`       // from its start to its hello; zero if its process was there before
	ClockError time.Duration `json:"clock_error_ns"`   // bound on the error of its clock against ours
	Broke      string        `json:"broke,omitempty"`  // how it broke the protocol, if it did
	Stderr     string        `json:"stderr,omitempty"` // the end of what it wrote there, if it broke
	Errors     []ErrorText   `json:"errors"`           // by frequency
}

// An ErrorText is an error as external clients tell it.
type ErrorText struct {
	Text    string  `json:"text"`              // without what differs from one time to the next
	Example string  `json:"example,omitempty"` // one of them as it was; empty if that is Text
	Count   int     `json:"count"`             // commands that ended with it
	Outcome Outcome `json:"outcome"`
	Means   string  `json:"means"` // in a sentence; empty if it is not known
}
