package runner

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
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
	lost   int   // number of the packet that it failed at

	mu    sync.Mutex
	taps  []*tap   // of trials being played
	group *group   // of trials that overlap; nil before the first
	spare [][]byte // chunks of a backlog that a trial has left
	gaps  bool     // the kernel said more of its RSTs than was read

	comments sync.Mutex // held while the sink is told what packets are evidence of
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
		if c.failed = c.sink.Write(&own); c.failed != nil {
			c.lost = c.number
		}
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
		notes = append(notes, fmt.Sprintf("Packet %d could not be kept, nor any behind it: %v.", c.lost, c.failed))
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
	c.comments.Lock()
	defer c.comments.Unlock()
	for _, packet := range f.Packets {
		c.sink.Comment(packet, text)
	}
}

// fidelity says what the report's statements rest on, and why not on more.
func (c *capture) fidelity(counters *results.Kernel, uncaptured error) (int, string) {
	switch {
	case c != nil && c.reasons != nil:
		return 3, ""
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

// shortcomings adds to the note on a report's fidelity what its packets do not
// show. The run is over.
func (c *capture) shortcomings(note string, mode live.Mode, trials []results.Trial) string {
	if c == nil {
		return note
	}
	var all []string
	if note != "" {
		all = append(all, note)
	}
	if mode == live.Control {
		all = append(all, "Payload was not captured, which tells fewer causes apart.")
	}
	if n := len(slices.DeleteFunc(slices.Clone(trials), func(t results.Trial) bool { return t.Certificate != nil && t.Certificate.Certified })); n > 0 {
		all = append(all, fmt.Sprintf("Of %d trials the capture is not certified.", n))
	}
	if c.gaps {
		all = append(all, "The kernel said more of its RSTs than could be read.")
	}
	if len(all) == 0 {
		return "Nothing is missing."
	}
	return strings.Join(all, " ")
}
