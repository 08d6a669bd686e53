package results

import (
	"net/netip"
	"time"
)

// A Record is all that is known about one command, joined by its id from the
// caller, the link's log and the device's ledger. Times are since the trial's
// start.
type Record struct {
	ID      CommandID
	Method  string
	Due     time.Duration // when the schedule wanted it sent
	Sent    time.Duration // when it was handed to the client
	LastTry time.Duration // when its last attempt was sent; Sent if unknown
	Done    time.Duration // when the client reported
	Outcome Outcome
	Status  int
	Err     string // empty if Outcome is OK or Rejected
	Phase   Phase  // how far its last attempt came; empty if unknown
	Errno   string // what ended it, as [Errno] names it; empty if nothing did

	Failures  []Failure // attempts that failed, as far as the client tells of them, in order
	Attempts  int       // exchanges on the wire: by the link's log where there is one, else by the client
	Resets    Count     // connections of the client that reported a reset (errno) since the command before, or, of several at once, in its own attempts
	Ledger    bool      // whether a ledger was there to look the command up in
	Executed  int       // times the device executed it; meaningful if Ledger
	Reordered bool      // executed after a newer command of the same client, sent when this one had been reported; meaningful if Ledger
}

// Latency is from due to done, all attempts included.
func (r *Record) Latency() time.Duration { return r.Done - r.Due }

// Service is from the sending of the last attempt to done.
func (r *Record) Service() time.Duration { return r.Done - r.LastTry }

// An Origin is who ended a connection with a RST.
type Origin string

// The origins. What can't be known is unknown, never guessed.
const (
	ByDevice  Origin = "device"
	ByLink    Origin = "link"
	ByClient  Origin = "client"
	ByUnknown Origin = "unknown"
)

// A Connection is what the link's log says about one connection, as far as the
// summary needs it.
type Connection struct {
	Reset  Origin // who reset it; empty if no RST was seen
	Cause  string // id of the reset catalogue; "unknown" where the evidence does not tell
	First  Origin // who closed first, with a FIN or a RST; empty if nobody did
	Method string // of the last request seen on it; empty if none was

	Exchanges int // requests that came on it
}

// A Failure is an attempt at a command that failed, as its client saw it.
type Failure struct {
	Attempt    int            // which at its command, from 1
	Local      netip.AddrPort // see [Attempt]
	Sent, Done time.Duration  // since the trial's start
	Outcome    Outcome
	Phase      Phase
	Errno      string
	Cause      string // why, as in [Connection]; empty if nobody has asked
}

// Evidence is everything one trial left behind.
type Evidence struct {
	Records     []Record
	Connections []Connection    // nil if the link keeps no log
	Logged      bool            // whether Connections is the whole truth about resets
	IdleResets  int             // resets the clients' sockets reported after their last command
	Findings    []Finding       // why connections and attempts ended badly: every reset, and every failed attempt that no reset explains; by connection, the first ones
	Ends        []time.Duration // ends of the fault windows, from the trial's start
}
