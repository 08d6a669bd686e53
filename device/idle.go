package device

import (
	"cmp"
	"errors"
	"os"
	"slices"
	"time"

	"rstorm/faults"
)

// await returns when the next request has begun to arrive, or an idle fault or
// the client has ended the connection. Idle faults select by the request
// before; none is known on a connection that has not had one.
func (c *connection) await() (over bool) {
	c.source.budget = maxHead
	for {
		wait, armed := c.device.plan.Idle(c.last)
		if !armed {
			return c.peek()
		}
		struck, arrived, over := c.idle(wait)
		switch {
		case arrived || over:
			return over
		case !struck, wait == 0: // a distribution may draw nothing; that is one time, not for ever
			return c.peek()
		}
	}
}

// idle carries out the faults of one idle time, the shortest of which is wait.
// Those that leave the connection begin another.
func (c *connection) idle(wait time.Duration) (struck, arrived, over bool) {
	began := time.Now()
	if arrived, over := c.peekWithin(wait); arrived || over {
		return false, arrived, over
	}
	strikes := c.strikes(faults.Idle, c.last)
	slices.SortStableFunc(strikes, func(s, t faults.Strike) int { return cmp.Compare(s.Wait, t.Wait) })
	for i, s := range strikes {
		// The shortest wait may have been for a fault that does not strike here.
		if left := s.Wait - time.Since(began); left > 0 {
			if arrived, over := c.peekWithin(left); arrived || over {
				return true, arrived, over
			}
		}
		if c.suffer(strikes[i : i+1]) {
			return true, false, true
		}
	}
	return len(strikes) > 0, false, false
}

// peek waits for a byte of the next request.
func (c *connection) peek() (over bool) {
	if _, err := c.in.Peek(1); err != nil {
		return c.lost(err)
	}
	return false
}

// peekWithin waits for it as long as d.
func (c *connection) peekWithin(d time.Duration) (arrived, over bool) {
	_ = c.tcp.SetReadDeadline(time.Now().Add(d)) // fails on a closed connection only, as Peek then does
	_, err := c.in.Peek(1)
	_ = c.tcp.SetReadDeadline(time.Time{})
	switch {
	case err == nil:
		return true, false
	case errors.Is(err, os.ErrDeadlineExceeded):
		return false, false
	}
	return false, c.lost(err)
}
