package runner

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"rstorm/results"
	"rstorm/wire"
	"rstorm/wire/live"
)

// A capture copies the packets of a run while it is played, and gives each
// trial those of its ports. A nil one copies nothing.
type capture struct {
	live    *live.Capture
	reasons *live.Reasons // nil if the kernel tells none
	silent  error         // why it tells none
	sink    PacketSink    // nil if nobody keeps packets

	doors  atomic.Pointer[doors]
	number int   // of packets given to trials; the capture's goroutine's, as is the next one
	failed error // of the sink, which then gets no more

	mu    sync.Mutex
	taps  []*tap   // of trials being played
	group *group   // of trials that overlap; nil before the first
	spare [][]byte // chunks of a backlog that a trial has left
}

// openCapture begins to capture as r wants it. The capture is nil if r wants
// none or it can't be had; the error says why in the second case.
func (r *Runner) openCapture() (*capture, error) {
	if r.Capture == "" {
		return nil, r.Uncaptured
	}
	c := &capture{sink: r.Packets}
	c.doors.Store(&doors{})
	var err error
	if c.live, err = live.Open(live.Config{Mode: r.Capture, Handle: c.handle}); err != nil {
		return nil, err
	}
	c.reasons, c.silent = live.OpenReasons()
	return c, nil
}

// handle gives a segment to the trials that it belongs to.
func (c *capture) handle(p *wire.Packet, s *wire.Segment) {
	all := *c.doors.Load()
	taps := all.find(s.Target)
	if taps == nil {
		taps = all.find(s.Source)
	}
	if taps == nil {
		return // of nobody: a RST on some other port
	}
	c.number++
	own := *p
	own.Number = c.number
	for _, t := range taps {
		t.take(&own, s)
	}
	if c.sink != nil && c.failed == nil {
		c.failed = c.sink.Write(&own)
	}
}

// patience is how long packets that were sent may take to be handled.
const patience = 10 * time.Second

// flush returns when all that was sent so far has been handled. It does not
// hurry where a run has been interrupted: what was played is to be told right.
func (c *capture) flush(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	return c.live.Flush(ctx)
}

// close ends the capture, after the last trial. The notes say what became of
// the sink.
func (c *capture) close() (notes []string, err error) {
	if c == nil {
		return nil, nil
	}
	dropped := c.live.Counts().Dropped
	err = c.live.Close()
	if c.reasons != nil {
		err = errors.Join(err, c.reasons.Close())
	}
	if c.sink != nil {
		c.sink.Dropped(dropped)
	}
	if c.failed != nil {
		notes = append(notes, fmt.Sprintf("Packets were kept up to number %d only: %v.", c.number, c.failed))
	}
	if err != nil {
		err = fmt.Errorf("end the capture: %w", err)
	}
	return notes, err
}

// comment tells the sink what the packets of a finding are evidence of.
func (c *capture) comment(f *results.Finding) {
	if c == nil || c.sink == nil || f.Cause == "" {
		return
	}
	text := f.Name()
	if f.Command != "" {
		text = "command " + f.Command + ": " + text
	}
	for _, packet := range f.Packets {
		c.sink.Comment(packet, text)
	}
}

// fidelity says what the report's statements rest on, and why not on more.
func (c *capture) fidelity(counters *results.Kernel, uncaptured error) (int, string) {
	switch {
	case c != nil && c.reasons != nil:
		return 3, "Nothing is missing."
	case c != nil:
		return 2, fmt.Sprintf("The kernel's own reasons are not known: %v.", c.silent)
	case counters == nil && uncaptured != nil:
		return 0, fmt.Sprintf("This system publishes no reset counters that rstorm can read, and packets are not captured: %v.", uncaptured)
	case counters == nil:
		return 0, "This system publishes no reset counters that rstorm can read, and packets are not captured."
	case uncaptured != nil:
		return 1, fmt.Sprintf("Packets are not captured: %v.", uncaptured)
	}
	return 1, "Packets are not captured."
}
