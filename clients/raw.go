package clients

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"rstorm/results"
)

// A raw is a client that does what its settings say and nothing else.
type raw struct {
	settings Raw
	retry    *retrier
	pool     *pool
}

// A call is what one exchange carries: a command, or a question of the client's
// own, which has no id.
type call struct {
	results.Command
	asks bool
	into io.Writer // takes the answer's body; nil if nobody wants it
}

// Client makes a client with these settings.
func (s Raw) Client(n Network) Client { return newRaw(n, s) }

func newRaw(n Network, s Raw) *raw {
	return &raw{settings: s, retry: newRetrier(s.Retry, n.Seed), pool: newPool(newOpener(n, s))}
}

// Do carries cmd in as many attempts as the settings allow.
func (c *raw) Do(ctx context.Context, cmd results.Command) results.Reply {
	return c.carry(ctx, cmd, c.retry.again)
}

// carry carries cmd in as many attempts as again wants. A resend has a fresh
// connection, unless it is for a stale one: those take the next that is idle.
func (c *raw) carry(ctx context.Context, cmd results.Command, again func(context.Context, try) bool) results.Reply {
	began := time.Now()
	c.retry.begin()
	t := c.pool.begin()
	var reply results.Reply
	for {
		fresh := len(reply.Attempts) > 0 && !c.settings.When.stale()
		a, status, written := c.attempt(ctx, t, call{Command: cmd}, fresh)
		reply.Attempts = append(reply.Attempts, a)
		reply.Outcome, reply.Status, reply.Err = a.Outcome, status, a.Err
		n := len(reply.Attempts)
		ended := try{method: cmd.Method, n: n, attempt: &reply.Attempts[n-1], stale: a.Exchange > 1, written: written, began: began}
		if !again(ctx, ended) {
			return reply
		}
	}
}

// Close closes the connections that are idle.
func (c *raw) Close() { c.pool.close() }

// maxAsked bounds the answer to a question.
const maxAsked = 64 << 10

// ask puts a question of the client's own to the device, by GET on a fresh
// connection, which may carry commands later, and writes the answer's body into
// into: 64 KiB at most, more is an error. What was written is no answer if there
// is an error. It is asked once, and no command is on record for it.
func (c *raw) ask(ctx context.Context, target string, into io.Writer) (status int, err error) {
	m := call{Command: results.Command{Method: http.MethodGet, Target: target}, asks: true, into: &bounded{into, maxAsked}}
	a, status, _ := c.attempt(ctx, c.pool.current(), m, true)
	return status, a.Err
}

// attempt makes one exchange, on a fresh connection if that is asked for. It
// lasts from before connecting to the last byte. written says whether the
// socket had taken a byte of the request.
func (c *raw) attempt(ctx context.Context, t *term, m call, fresh bool) (a results.Attempt, status int, written bool) {
	a.Sent = time.Now()
	if t != nil {
		var leave func()
		ctx, leave = t.join(ctx)
		defer leave()
	}
	if limit := c.settings.AttemptTimeout; limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, limit)
		defer cancel()
	}
	l := c.pool.take(ctx, fresh)
	defer c.pool.put(l, t)
	l.phase = results.PhaseConnect
	conn, err := l.connect(ctx)
	if conn != nil {
		a.Connection, a.Local = conn.number, conn.local
	}
	if err == nil {
		a.Exchange = int(conn.exchanges.Add(1))
		status, written, err = l.carry(ctx, m)
	}
	a.Done, a.Phase = time.Now(), l.phase
	a.Outcome, a.Err = judge(status, explain(a.Phase, ended(ctx, err)))
	return a, status, written
}

// A bounded passes on what is written to it until there is too much of it.
type bounded struct {
	to   io.Writer
	left int
}

// Write writes all of p or, if that is too much, nothing.
func (b *bounded) Write(p []byte) (int, error) {
	if len(p) > b.left {
		return 0, fmt.Errorf("the answer exceeds %d bytes", maxAsked)
	}
	b.left -= len(p)
	return b.to.Write(p)
}
