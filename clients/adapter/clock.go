package adapter

import (
	"context"
	"fmt"
	"math"
	"time"
)

// A Clock leads from an adapter's clock to ours. Its zero value knows nothing.
type Clock struct {
	here  time.Time
	there int64
	// Error bounds by how much a time may be wrong: half of the shortest round
	// trip that a sync took.
	Error time.Duration
}

// Time is when the adapter's clock showed t.
func (c Clock) Time(t int64) time.Time { return c.here.Add(time.Duration(t - c.there)) }

// farthest bounds what a clock may show: beyond it differences overflow.
const farthest = math.MaxInt64 / 4

// Sync asks for the adapter's clock several times and keeps what the shortest
// round trip tells. It fails if messages come that nothing asked for, or if the
// clock runs backwards. The error is a *Failure, or ctx's; the process is gone
// then.
func (p *Process) Sync(ctx context.Context) (Clock, error) {
	const rounds = 9
	var best Clock
	before := int64(-farthest)
	for range rounds {
		c, err := p.round(ctx)
		if err == nil && c.there < before {
			err = &Failure{Kind: WrongTime, Detail: fmt.Sprintf("t is %d after %d", c.there, before)}
		}
		if err != nil {
			return Clock{}, p.blame("the answer to sync", err)
		}
		if before = c.there; best.here.IsZero() || c.Error < best.Error {
			best = c
		}
	}
	p.clock = best
	return best, nil
}

// round asks for the adapter's clock once.
func (p *Process) round(ctx context.Context) (Clock, error) {
	id := p.syncs
	p.syncs++
	sent := time.Now()
	if err := p.send(ctx, Sync{Type: "sync", ID: id}); err != nil {
		return Clock{}, err
	}
	in, err := p.answer(ctx, "sync")
	switch {
	case err != nil:
		return Clock{}, err
	case in.ID != nil && int(*in.ID) != id:
		return Clock{}, &Failure{Kind: OutOfTurn, Detail: fmt.Sprintf("sync with id %d, asked was %d", *in.ID, id)}
	case *in.T < -farthest || *in.T > farthest:
		return Clock{}, &Failure{Kind: Absurd, Detail: fmt.Sprintf("t is %d", *in.T)}
	}
	p.nameless = p.nameless || in.ID == nil
	half := in.at.Sub(sent) / 2
	return Clock{here: sent.Add(half), there: int64(*in.T), Error: half + time.Microsecond}, nil
}
