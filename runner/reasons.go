package runner

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"slices"

	"rstorm/wire"
)

// hear gives the trials what the kernel has said of its RSTs so far. The
// caller holds the capture's lock.
func (c *capture) hear(ctx context.Context) error {
	if c.reasons == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	err := c.reasons.Flush(ctx)
	all, lost := c.reasons.Take()
	c.gaps = c.gaps || lost > 0 || err != nil
	for _, t := range c.taps {
		t.gap = t.gap || lost > 0 || err != nil
		for _, r := range all {
			if t.serves(r.Source) || r.Target.IsValid() && t.serves(r.Target) || !r.Target.IsValid() {
				t.said = append(t.said, r)
			}
		}
	}
	return err
}

// slack is how far the kernel's word for a RST and the RST may lie apart, in
// nanoseconds.
const slack = int64(1e9)

// A witness answers for the kernel.
type witness struct {
	said    map[netip.AddrPort][]wire.Reason // by their source
	watched func(*wire.Conversation) bool    // whether a RST of which the kernel says nothing was not its own
	foreign func(*wire.Conversation) bool    // whether nothing is known of the server
}

// witness is what the kernel said in the trial. Of a device that was there before
// nothing is known, which may be on another machine, nor of a link that keeps no
// log.
func (t *tap) witness(s *stage) *witness {
	w := &witness{said: map[netip.AddrPort][]wire.Reason{}}
	for _, r := range t.said {
		w.said[r.Source] = append(w.said[r.Source], r)
	}
	whole := t.capture.reasons != nil && !t.gap
	w.watched = func(c *wire.Conversation) bool { return whole && (s.device != nil || t.leg(c) != farLeg) }
	w.foreign = func(c *wire.Conversation) bool {
		return t.leg(c) == farLeg && s.device == nil || t.leg(c) == nearLeg && s.link == nil
	}
	return w
}

// of is what is known of c beside its packets. The trial is over, and so is c.
func (w *witness) of(c *wire.Conversation) wire.Witness {
	var all []wire.Reason
	for _, way := range [][2]netip.AddrPort{{c.Client, c.Server}, {c.Server, c.Client}} {
		for _, r := range w.said[way[0]] {
			if (!r.Target.IsValid() || r.Target == way[1]) && r.At >= c.Began-slack && r.At <= c.Ended+slack {
				all = append(all, r)
			}
		}
	}
	slices.SortFunc(all, func(a, b wire.Reason) int { return cmp.Compare(a.At, b.At) })
	return wire.Witness{Reasons: all, Watched: w.watched(c), Foreign: w.foreign(c), Over: true}
}

// words are what the kernel said of the server's first RST.
func words(c *wire.Conversation, said []wire.Reason) []string {
	reset := &c.Sides[wire.Down].Reset
	for _, r := range said {
		if r.Source == c.Server && r.Target == c.Client && reset.Packet != 0 && max(r.At-reset.At, reset.At-r.At) < slack {
			return []string{fmt.Sprintf("the kernel says why it sent RST #%d: %s", reset.Packet, r.Word)}
		}
	}
	return nil
}
