package link

import (
	"fmt"
	"sync"

	"rstorm/faults"
	"rstorm/kernel"
)

// A hole is what black holes have been dug under: the legs whose kernels drop
// whatever arrives.
type hole struct {
	mu    sync.Mutex
	heals []func() error
	over  bool // healed: no leg falls into it any more
}

// blackHole stops both flows as a stall does, and lets neither kernel see what
// its peer sends: nothing is acknowledged and no FIN or RST noticed. After s's
// delay it heals, and what the peers send again arrives. What had passed, and
// its acknowledgement, are not called back.
func blackHole(r *relay, s faults.Strike) {
	r.settle(s)
	v := r.shut(s)
	h := &hole{}
	r.mu.Lock()
	r.hole = h
	legs := []*leg{r.client, r.device}
	r.mu.Unlock()
	for _, l := range legs {
		h.swallow(r, l)
	}
	if v != nil && !v.forever {
		r.tasks.Go(func() {
			<-v.open // at the end of the connection too
			h.heal(r)
		})
	}
}

// swallow digs the hole under l, which is nil before the device is connected.
func (h *hole) swallow(r *relay, l *leg) {
	if h == nil || l == nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.over {
		return
	}
	heal, err := kernel.BlackHole(l.conn)
	if err != nil {
		r.unable(faults.BlackHole, err)
		return
	}
	h.heals = append(h.heals, heal)
}

// heal fills the hole, unless the connection is over.
func (h *hole) heal(r *relay) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.over = true
	for _, heal := range h.heals {
		if err := heal(); err != nil && r.ctx.Err() == nil {
			r.unable(faults.BlackHole, err)
		}
	}
}

// unable reports that the machine does not allow e.
func (r *relay) unable(e faults.Effect, err error) {
	if r.ctx.Err() == nil { // else the connection ended meanwhile
		r.link.fail(fmt.Errorf("connection %d: effect %s: %w", r.log.Number, e, err))
	}
}
