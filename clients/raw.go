package clients

import (
	"context"
	"math/rand/v2"
	"time"

	"rstorm/results"
)

// A policy is all that the raw strategies differ in.
type policy struct {
	reuse          bool          // keep the connection for the next command; else the client closes it
	announce       bool          // say Connection: close
	connectTimeout time.Duration // limit on connecting; 0 is none of its own
	unique         bool          // append a URL parameter that differs with every request
	retry          Retry         // the zero value sends nothing again
}

// A raw is an HTTP/1.1 client of one connection at a time that does what its
// policy says and nothing else. Its memory is used again: an exchange on a kept
// connection allocates for the watch on its context and for the record only.
type raw struct {
	network Network
	policy  policy
	draw    *rand.Rand // of the unique parameters

	conn      *Conn      // nil if there is none to use
	unread    func() int // bytes that wait on conn; nil if it is not kept
	interrupt func()     // ends waits on conn
	request   request
	answer    *answer
}

// uniqueStream keeps the draw of the unique parameters apart from other draws
// of the same seed.
const uniqueStream = 0x756e69717565

func newRaw(n Network, p policy) *raw {
	return &raw{network: n, policy: p, draw: rand.New(rand.NewPCG(n.Seed, uniqueStream)), answer: newAnswer()}
}

// Do carries cmd in as many attempts as the policy allows. Once an attempt has
// failed its connection is closed, so the next one has a fresh one.
func (c *raw) Do(ctx context.Context, cmd results.Command) results.Reply {
	var reply results.Reply
	for {
		attempt, status := c.attempt(ctx, cmd)
		reply.Attempts = append(reply.Attempts, attempt)
		reply.Outcome, reply.Status, reply.Err = attempt.Outcome, status, attempt.Err
		n := len(reply.Attempts)
		if !c.policy.retry.again(cmd.Method, n, attempt.Outcome) || !c.policy.retry.pause(ctx, n) {
			return reply
		}
	}
}

// Close ends the connection, if one is kept. A later Do opens another.
func (c *raw) Close() {
	if c.conn != nil {
		c.conn.Close() // its answer is in hand: nothing can fail that matters
		c.conn = nil
	}
}

// attempt makes one exchange, on the connection that is kept or a fresh one.
// It lasts from before connecting to the last byte.
func (c *raw) attempt(ctx context.Context, cmd results.Command) (results.Attempt, int) {
	a := results.Attempt{Phase: results.PhaseConnect, Sent: time.Now()}
	err := c.connect(ctx)
	status := 0
	if err == nil {
		a.Connection, a.Exchange = c.conn.number, int(c.conn.exchanges.Add(1))
		status, err = c.exchange(ctx, cmd, &a.Phase)
	}
	a.Done = time.Now()
	a.Outcome, a.Err = judge(status, explain(a.Phase, ended(ctx, err)))
	return a, status
}

// connect sees to it that there is a connection, unless ctx has ended. One that
// holds bytes nobody asked for is not used: the next answer could not be told
// from them.
func (c *raw) connect(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if c.conn != nil && c.unread() > 0 {
		c.Close()
	}
	if c.conn != nil {
		return nil
	}
	if limit := c.policy.connectTimeout; limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, limit)
		defer cancel()
	}
	conn, err := c.network.Dialer.Dial(ctx)
	if err != nil {
		return err
	}
	c.conn = conn
	if c.policy.reuse {
		c.unread = unread(conn.Conn)
	}
	c.interrupt = func() { conn.SetDeadline(time.Unix(1, 0)) } // fails on a closed connection only
	c.answer.reset(conn)
	return nil
}

// exchange sends cmd and reads its answer, until ctx ends. It closes the
// connection unless that may be used again.
func (c *raw) exchange(ctx context.Context, cmd results.Command, phase *results.Phase) (int, error) {
	disarm := context.AfterFunc(ctx, c.interrupt)
	status, err := c.converse(cmd, phase)
	// Once the interrupt has begun it may strike later: such a connection is
	// not kept either.
	if !disarm() || err != nil || !c.policy.reuse || !c.answer.reusable() {
		c.Close()
	}
	return status, err
}

// converse writes cmd in one piece and reads its answer. A device may answer
// before it has read a request and close (413, say): our write then meets a
// reset while the answer waits to be read, so it is looked for before the
// reset is believed.
func (c *raw) converse(cmd results.Command, phase *results.Phase) (int, error) {
	*phase = results.PhaseSend
	param := uint64(0)
	if c.policy.unique {
		param = c.draw.Uint64()
	}
	c.request.build(cmd, c.network.Host, c.policy, param)
	_, lost := c.conn.Write(c.request.text)
	if lost == nil {
		*phase = results.PhaseWait
	} else if results.Classify(lost) != results.Reset {
		return 0, lost
	}
	err := c.answer.read(cmd.Method, c.request.id(), phase)
	if lost != nil {
		c.answer.spoil()
		if *phase == results.PhaseSend {
			return 0, lost
		}
	}
	return c.answer.head.status, err
}
