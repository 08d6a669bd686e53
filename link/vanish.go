package link

import (
	"errors"

	"rstorm/faults"
	"rstorm/kernel"
)

// vanish forgets both legs without a segment. From then on the kernel answers
// what the client sends, its FIN included, with a RST.
func vanish(r *relay, s faults.Strike) {
	c := r.cut(s)
	c.cause = "unknown-connection"
	r.client.flush(r.ctx) // what was sent and not acknowledged would be answered so too
	if r.device != nil {
		r.device.flush(r.ctx)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.severed.Load() {
		return
	}
	err := kernel.Forget(r.client.conn)
	if r.device != nil {
		err = errors.Join(err, kernel.Forget(r.device.conn))
	}
	if err != nil {
		r.unable(s.Effect, err)
		return
	}
	r.sever()
	defer r.cancel()
	r.byLink(c, true)
	r.client.conn.Close()
	if r.device != nil {
		r.device.conn.Close()
	}
}
