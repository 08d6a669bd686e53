package clients

import (
	"context"
	"time"

	"rstorm/results"
)

// A Scheduled is a [Client] that is told of its commands beforehand and sends
// each in time by itself: a turn of this process between two commands would
// change what is measured. Its Do is not used.
type Scheduled interface {
	Client
	// Play carries a whole load and tells what becomes of its commands. Once
	// it returns nothing more is told, and commands that were not told of were
	// not reported. The error says why the client broke, with what it last
	// said on its standard error; it is ctx's if that ended first.
	Play(ctx context.Context, s Schedule) error
	// About is who the client says it is. It is complete once Play returned.
	About() results.Client
}

// A Preparer is a [Scheduled] that takes time before it can send. Prepare is
// called before Play, or not at all; what it takes is no command's latency if
// Schedule.Ready is after it. Its error is Play's as well.
type Preparer interface {
	Scheduled
	Prepare(ctx context.Context, timeout time.Duration) error
}

// A Schedule is one client's load.
type Schedule struct {
	Next        func() results.Command      // the next command; ids come in order
	Commands    int                         // how many; 0 is as many as come due within Duration
	Duration    time.Duration               // from Epoch+Ready; 0 if Commands bounds the load
	Epoch       time.Time                   // of the trial: all times count from it
	Ready       time.Duration               // when commands may begin
	Gap         func() time.Duration        // closed loop: the pause after each answer; nil in an open loop
	Constant    bool                        // Gap always returns the same
	Due         func(seq int) time.Duration // open loop: when each is due; nil in a closed loop
	Concurrency int                         // commands at once; 1 at least
	Timeout     time.Duration               // of each command, from its sending
	Tell        func(Told)                  // on one goroutine at a time; by order of report
}

// A Told is what a client of another process reported of one command. Its
// attempts and connections it does not tell: the link's log does.
type Told struct {
	ID         results.CommandID
	Sent, Done time.Duration // since the epoch, by the harness's clock
	Outcome    results.Outcome
	Status     int    // 0 if there was no answer
	Err        string // the error as the client told it: name, code, message, chain; empty if there was none
	Errno      string // the system's word in it, as in "ECONNRESET"; empty if it holds none
	Size       int64  // bytes of the answer's body; -1 if the client did not say
	SHA256     string // of the answer's body, in hex; empty if the client did not say
}

// A Conditional is a [Strategy] that can't be played everywhere.
type Conditional interface {
	Strategy
	// Able reports why it can't play such a load; nil if it can. It may start
	// the client's process to ask it.
	Able(ctx context.Context, n Network, d Demand) error
}

// A Demand is what a load asks of a client.
type Demand struct {
	Clients     int
	Concurrency int
	Open        bool // an open loop
	Constant    bool // the gap is always the same
	Commands    int  // of each client, in an open loop at most; 0 if a closed loop is bounded by time

	// Round is, of an open loop, one round of the commands, which repeat. Their
	// ids are the longest. Empty if it is not known.
	Round []results.Command
}
