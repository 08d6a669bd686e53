package link

import (
	"sync"
	"sync/atomic"
	"time"

	"rstorm/faults"
)

// A timeline is what is in effect on a connection for as long as a window is
// open: toxics, and delays of what passes. It changes between two commands and
// never inside one. Where no commands can be seen, it changes when nothing is
// under way.
type timeline struct {
	r       *relay
	changes bool        // else it stays as it began
	asked   atomic.Bool // a retune waits for its turn

	mu      sync.Mutex
	shapers []*shaper
	lags    []*faults.Lag
	known   []bool // of lags: the log says that they have been in effect
}

// prepare gives r its long ways and its toxics.
func (r *relay) prepare() {
	t := &timeline{r: r, lags: r.link.plan.Lags(r.log.Number)}
	t.known = make([]bool, len(t.lags))
	for _, l := range t.lags {
		t.changes = t.changes || l.Window != faults.Window{}
		if l.Concerns(faults.Upstream) && r.up.way == nil {
			r.up.way = newWay(r, faults.Upstream)
		}
		if l.Concerns(faults.Downstream) && r.down.way == nil {
			r.down.way = newWay(r, faults.Downstream)
		}
	}
	r.link.shaping.shape(r, t)
	if len(t.lags) == 0 && len(t.shapers) == 0 {
		return
	}
	t.set(r.link.since())
	r.timeline.Store(t)
}

// tune brings the timeline up to date if the connection is between two
// commands.
func (r *relay) tune() {
	t := r.timeline.Load()
	if t == nil || !t.changes {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.asked.Store(false)
	if r.between() {
		t.set(r.link.since())
	}
}

// retune tunes r beside its caller, at which the toxics may be waiting. While
// one waits another adds nothing: windows may turn faster than it comes to its
// turn.
func (r *relay) retune() {
	if t := r.timeline.Load(); t != nil && t.changes && t.asked.CompareAndSwap(false, true) {
		r.link.running.Go(r.tune)
	}
}

// awaitEnd returns when a response that the client may have already is entered
// in the log as passed: else its next request would seem to come before that.
func (r *relay) awaitEnd() {
	if t := r.timeline.Load(); t == nil || !t.changes {
		return
	}
	for r.ending.Load() && r.ctx.Err() == nil {
		select {
		case <-r.turn:
		case <-r.ctx.Done():
		}
	}
}

// between reports whether no command is under way, nor any bytes.
func (r *relay) between() bool {
	return !r.requestOpen() && !r.up.requests.arriving.Load() && r.up.empty() && r.down.empty()
}

// set puts into effect what belongs to time at. Its caller holds the mutex.
func (t *timeline) set(at time.Duration) {
	for _, s := range t.shapers {
		s.turn(s.dose.On(at))
	}
	if len(t.lags) == 0 {
		return
	}
	var now []lag
	for i, l := range t.lags {
		if strength := l.Strength(at); strength > 0 {
			now = append(now, lag{l, strength})
			if !t.known[i] {
				t.known[i] = true
				t.r.note(faults.Strike{Fault: l.Fault})
			}
		}
	}
	for _, w := range []*way{t.r.up.way, t.r.down.way} {
		if w == nil {
			continue
		}
		w.mu.Lock()
		w.lags = nil
		for _, l := range now {
			if l.Concerns(w.stream) {
				w.lags = append(w.lags, l)
			}
		}
		w.mu.Unlock()
	}
}

// playTimelines brings the timelines of open connections up to date as windows
// open and shut after at.
func (l *Link) playTimelines(ws windows, at time.Duration) {
	for {
		edge, ok := ws.next(at)
		if !ok || faults.Wait(l.listening, edge-l.since()) != nil {
			return
		}
		for _, r := range l.relays() {
			r.retune()
		}
		at = edge
	}
}

// timelines are the windows of what lasts.
func timelines(fs []faults.Fault) (ws windows) {
	for _, f := range fs {
		switch {
		case f.Toxic != nil:
			ws = append(ws, f.Toxic.Window)
		case f.Point == faults.Passage:
			ws = append(ws, f.Window)
		}
	}
	return ws
}

// windows are those of several faults.
type windows []faults.Window

// next returns when after t the first window opens or closes; false if none
// ever does again.
func (ws windows) next(t time.Duration) (edge time.Duration, ok bool) {
	for _, w := range ws {
		at, more := w.NextChange(t)
		if more && (!ok || at < edge) {
			edge, ok = at, true
		}
	}
	return edge, ok
}
