package device

import (
	"net/http"
	"slices"

	"rstorm/faults"
)

// exchange takes a whole request through its points, up to its answer.
func (c *connection) exchange(r request) (over bool) {
	if !r.known {
		return c.respond(r, answer{status: http.StatusNotFound, body: problem(http.StatusNotFound)})
	}
	c.instead = nil
	if c.meet(faults.BeforeForward, r.event) {
		return true
	}
	if c.instead != nil {
		return c.replace(r)
	}
	done, over := c.forward(r)
	if over || c.meet(faults.AfterForward, r.event) {
		return true
	}
	if c.instead != nil {
		return c.replace(r)
	}
	return c.respond(r, answer{status: http.StatusOK, body: done})
}

// replace ends an exchange whose answer a fault has replaced: by another
// status, or by bytes that have gone out already.
func (c *connection) replace(r request) (over bool) {
	if c.instead.Effect != faults.Status {
		return false
	}
	return c.respond(r, answer{status: c.instead.Code, body: problem(c.instead.Code), retryAfter: c.instead.RetryAfter})
}

// forward executes the request, unless it only asks about another, or its id is
// one to execute only once and was seen before. Switching the device off only
// cuts the service time short: the ledger must not say that a command the device
// had taken was safe to send again.
func (c *connection) forward(r request) (done receipt, over bool) {
	d := c.device
	if r.about != "" {
		return d.ledger.recall(r.about), false
	}
	if d.profile.Deduplicate && r.event.Command != "" {
		if first := d.ledger.claim(r.event.Command); first != nil {
			select {
			case <-first.claimed:
				return first.receipt, false
			case <-d.ctx.Done():
				return receipt{}, true
			}
		}
	}
	off := false
	if d.service != nil {
		for _, s := range d.service.At(faults.BeforeForward, r.event) {
			off = d.clock.wait(d.ctx, s.Wait) != nil
		}
	}
	return d.ledger.execute(Execution{
		Command:    r.event.Command,
		Method:     r.event.Method,
		Connection: c.number,
		Exchange:   r.event.Exchange,
		Attempt:    r.event.Attempt,
	}, d.clock.now), off
}

// respond answers with what a says, and carries out what the plan has for the
// answer and for the moment after. That moment's faults are drawn before the
// answer leaves, because the answer may have to announce them; nothing is drawn
// for it if a fault ends the connection within the answer.
func (c *connection) respond(r request, a answer) (over bool) {
	within := c.strikes(faults.Response, r.event)
	var after []faults.Strike
	if !slices.ContainsFunc(within, final) {
		after = c.strikes(faults.AfterResponse, r.event)
	}
	honoured := r.closes && !slices.ContainsFunc(after, ignoresClose)
	a.command = r.event.Command
	a.head = r.event.Method == http.MethodHead
	a.closes = honoured || slices.ContainsFunc(after, announced)
	a.persists = r.old && !r.closes
	a.promise = c.device.promise
	if c.deliver(a, within) {
		return true
	}
	// An ending fault finds the next request unread: nothing is read from here on.
	if c.suffer(after) {
		return true
	}
	if honoured {
		c.end(inOrder, CloseHonoured)
	}
	return honoured
}

func announced(s faults.Strike) bool { return s.Announce }

// final reports whether nothing of an exchange comes after s.
func final(s faults.Strike) bool {
	return s.Effect.Ends() || s.Effect == faults.RSTStream || (s.Effect == faults.Stall || s.Effect == faults.BlackHole) && s.Delay.IsZero() || breaches[s.Form].ends
}
