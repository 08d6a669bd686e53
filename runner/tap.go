package runner

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"time"

	"rstorm/wire"
)

// A tap hears the packets of one trial and keeps the conversations that may
// have to be explained.
type tap struct {
	capture *capture
	servers []server
	ports   []uint16

	mu    sync.Mutex
	shut  bool // the trial is over, and nothing is heard any more
	later backlog
	table *wire.Table
	kept  []*wire.Conversation
	over  int           // conversations that were not kept for want of room
	said  []wire.Reason // of the kernel, for RSTs from or to the ports
	gap   bool          // the kernel may have said more than came here
}

// Bounds of what a trial's tap holds: enough for every connection of a storm,
// and not for a run without end.
const (
	keptMost   = 1 << 16
	keptWhole  = 1 << 12 // behind these, segments are let go where they hardly tell anything: in TLS there is such a conversation for every connection
	keptMemory = 64 << 20
	keptLinger = 5 * time.Second // what comes later than that after an end is a conversation of its own
)

// tap begins to listen to the trial on s. Its caller ends it.
func (c *capture) tap(s *stage) (*tap, error) {
	if c == nil {
		return nil, nil
	}
	t := &tap{capture: c}
	for _, v := range s.views {
		server, err := at(v.leg, v.addr)
		if err != nil {
			return nil, fmt.Errorf("capture the packets of %s: %w", v.addr, err)
		}
		t.servers, t.ports = append(t.servers, server), append(t.ports, server.port)
	}
	t.table = wire.NewTable(wire.Config{Ended: t.ended, Lend: true, Serves: t.serves, Linger: keptLinger, Memory: keptMemory})
	c.mu.Lock()
	defer c.mu.Unlock()
	t.later.spare, c.spare = c.spare, nil // before it hears anything
	c.doors.Store(c.doors.Load().with(t))
	if err := c.live.Watch(t.ports...); err != nil {
		c.doors.Store(c.doors.Load().without(t))
		return nil, err
	}
	c.taps = append(c.taps, t)
	return t, nil
}

func (t *tap) take(p *wire.Packet, s *wire.Segment) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.shut {
		t.later.add(p, s, t.table.AddSegment)
	}
}

// serves tells the table who is called.
func (t *tap) serves(a netip.AddrPort) bool {
	return slices.ContainsFunc(t.servers, func(s server) bool { return s.is(a) })
}

// ended keeps a conversation that may have to be explained. The lock is held.
func (t *tap) ended(c *wire.Conversation) {
	switch {
	case fine(c):
	case len(t.kept) == keptMost:
		t.over++
	default:
		c = c.Clone()
		if len(t.kept) >= keptWhole && opaque(c) {
			c.Events, c.Head, c.Omitted = nil, 0, c.Omitted+len(c.Events)
		}
		t.kept = append(t.kept, c)
	}
}

// leg is the one that c is on.
func (t *tap) leg(c *wire.Conversation) leg {
	i := slices.IndexFunc(t.servers, func(s server) bool { return s.is(c.Server) })
	if i < 0 {
		i = slices.IndexFunc(t.servers, func(s server) bool { return s.is(c.Client) })
	}
	return t.servers[max(i, 0)].leg
}

// closed reports whether both ends closed in order.
func closed(c *wire.Conversation) bool {
	return c.State == "SF" && c.Sides[wire.Up].Resets+c.Sides[wire.Down].Resets == 0
}

// fine reports whether nothing can have gone wrong in a conversation.
func fine(c *wire.Conversation) bool {
	if !closed(c) || c.Protocol != wire.HTTP || c.Exchanged == 0 {
		return false
	}
	return !slices.ContainsFunc(c.Exchanges, func(x wire.Exchange) bool { return x.Request.Packet == 0 || !x.Response.Whole })
}

// opaque reports whether nothing shows that anything went wrong, and more can't
// be seen.
func opaque(c *wire.Conversation) bool {
	return closed(c) && c.Protocol != wire.HTTP && c.Goodbye == "" && (c.Protocol != wire.TLS || c.Handshake != 0)
}

// end hears what is left, and then no more. What was heard so far can be
// looked at in any case.
func (t *tap) end(ctx context.Context) error {
	if t == nil {
		return nil
	}
	c := t.capture
	err := c.flush(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	err = errors.Join(err, c.hear(ctx), c.live.Unwatch(t.ports...))
	c.doors.Store(c.doors.Load().without(t))
	c.taps = slices.DeleteFunc(c.taps, func(o *tap) bool { return o == t })
	t.mu.Lock()
	defer t.mu.Unlock()
	t.later.work(t.table.AddSegment)
	t.table.Flush()
	t.shut = true
	if len(t.later.spare) > len(c.spare) {
		c.spare = t.later.spare
	}
	t.later = backlog{}
	if err != nil {
		return fmt.Errorf("end the trial's capture: %w", err)
	}
	return nil
}
