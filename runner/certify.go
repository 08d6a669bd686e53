package runner

import (
	"context"
	"fmt"

	"rstorm/results"
	"rstorm/wire/live"
)

// A group is trials that overlap: the kernel's count of RSTs is one for all of
// them.
type group struct {
	running     int
	began       level
	certificate results.Certificate // once none is running
}

// A level is how far the counts were at a moment at which nothing was under
// way between the kernel and the capture, if there was one.
type level struct {
	kernel  *results.Kernel // nil if it can't be read
	capture live.Counts
	err     error // why what was sent may not all have been captured yet
}

// rereads is how often the counts are read again until they agree: others may
// be sending RSTs in the same network.
const rereads = 20

// level reads the counts until the kernel's stands still meanwhile, and good
// has nothing against them.
func (c *capture) level(ctx context.Context, good func(*level) bool) level {
	var now level
	for range rereads {
		before := readKernel()
		now.err = c.flush(ctx)
		now.capture, now.kernel = c.live.Counts(), readKernel()
		if now.err != nil || now.kernel == nil || before == nil || before.OutResets == now.kernel.OutResets && good(&now) {
			break
		}
	}
	return now
}

// join counts a trial that begins, before it sends anything, and returns the
// group it belongs to.
func (c *capture) join(ctx context.Context) *group {
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.group == nil || c.group.running == 0 {
		c.group = &group{began: c.level(ctx, func(*level) bool { return true })}
	}
	c.group.running++
	c.group.certificate.Trials++
	return c.group
}

// leave counts a trial that has sent all it will. The last one of a group
// completes its certificate.
func (c *capture) leave(ctx context.Context, g *group) {
	if g == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if g.running--; g.running > 0 {
		return
	}
	ended := c.level(ctx, func(now *level) bool { return g.began.resets(now) == now.capture.Resets-g.began.capture.Resets })
	g.certify(&ended)
}

// resets is how many the kernel sent since.
func (l *level) resets(now *level) uint64 {
	if l.kernel == nil || now.kernel == nil {
		return 0
	}
	return now.kernel.OutResets - l.kernel.OutResets
}

// certify says whether all was captured between two levels.
func (g *group) certify(ended *level) {
	c, began := &g.certificate, &g.began
	c.Packets = ended.capture.Packets - began.capture.Packets
	c.Dropped = ended.capture.Dropped - began.capture.Dropped
	c.Captured = ended.capture.Resets - began.capture.Resets
	c.OutResets = began.resets(ended)
	switch {
	case began.err != nil:
		c.Missing = began.err.Error()
	case ended.err != nil:
		c.Missing = ended.err.Error()
	case began.kernel == nil || ended.kernel == nil:
		c.Missing = "the kernel's count of the RSTs it sent can't be read"
	case c.Dropped > 0:
		c.Missing = fmt.Sprintf("%d packets were dropped", c.Dropped)
	case c.Captured < c.OutResets:
		c.Missing = fmt.Sprintf("%d of %d RSTs", c.OutResets-c.Captured, c.OutResets)
	case c.Captured > c.OutResets:
		c.Missing = fmt.Sprintf("the kernel says that it sent %d of the %d RSTs captured", c.OutResets, c.Captured)
	}
	c.Certified = c.Missing == ""
}

// of is the group's certificate for a trial of its own; nil without a capture.
func (g *group) of() *results.Certificate {
	if g == nil {
		return nil
	}
	return &g.certificate
}
