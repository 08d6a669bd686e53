package clients

import (
	"context"
	"time"

	"rstorm/results"
)

// A policy is all that the raw strategies differ in.
type policy struct {
	reuse          bool          // keep the connection for the next command; else the client closes it
	announce       bool          // say Connection: close; HTTP/2 has no word for it
	connectTimeout time.Duration // limit on connecting, the TLS handshake included; 0 is none of its own
	unique         bool          // append a URL parameter that differs with every request
	retry          Retry         // the zero value sends nothing again
}

// A raw is a client of one connection at a time that does what its policy says
// and nothing else. An exchanger speaks its protocol.
type raw struct {
	exchanger
	retry Retry
	phase results.Phase // of the attempt that is made
}

// An exchanger carries a command once, over a connection that it keeps or a
// fresh one. It sends nothing again.
type exchanger interface {
	// connect sees to it that there is a connection, unless ctx has ended. It
	// moves *phase on to a handshake. The connection comes with the error if
	// it was made and lost again.
	connect(ctx context.Context, phase *results.Phase) (*Conn, error)
	// exchange sends cmd and reads its answer, until ctx ends, and moves
	// *phase on. It closes the connection unless that may be used again.
	exchange(ctx context.Context, cmd results.Command, phase *results.Phase) (int, error)
	// Close closes the connection, if one is kept. A later connect opens
	// another.
	Close()
}

func newRaw(n Network, p policy) *raw {
	o := newOpener(n, p)
	if n.Protocol.HTTP2() {
		return &raw{exchanger: newHTTP2(o), retry: p.retry}
	}
	return &raw{exchanger: &http1{opener: o, answer: newAnswer()}, retry: p.retry}
}

// Do carries cmd in as many attempts as the policy allows, each but the first
// on a fresh connection.
func (c *raw) Do(ctx context.Context, cmd results.Command) results.Reply {
	var reply results.Reply
	for {
		attempt, status := c.attempt(ctx, cmd)
		reply.Attempts = append(reply.Attempts, attempt)
		reply.Outcome, reply.Status, reply.Err = attempt.Outcome, status, attempt.Err
		n := len(reply.Attempts)
		if !c.retry.again(cmd.Method, n, &attempt) || !c.retry.pause(ctx, n) {
			return reply
		}
		c.Close()
	}
}

// attempt makes one exchange. It lasts from before connecting to the last byte.
func (c *raw) attempt(ctx context.Context, cmd results.Command) (results.Attempt, int) {
	a := results.Attempt{Sent: time.Now()}
	c.phase = results.PhaseConnect
	conn, err := c.connect(ctx, &c.phase)
	if conn != nil {
		a.Connection, a.Local = conn.number, conn.local
	}
	status := 0
	if err == nil {
		a.Exchange = int(conn.exchanges.Add(1))
		status, err = c.exchange(ctx, cmd, &c.phase)
	}
	a.Done, a.Phase = time.Now(), c.phase
	a.Outcome, a.Err = judge(status, explain(a.Phase, ended(ctx, err)))
	return a, status
}
