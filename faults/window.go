package faults

import "time"

// A Window is when a fault is on, from the trial's start; its zero value is
// always.
type Window struct {
	From  time.Duration `yaml:"from" min:"0" max:"24h" doc:"start of the window, from the trial's start"`
	For   time.Duration `yaml:"for" min:"0" max:"24h" doc:"length of the window; 0 is to the end" zero:"is to the end"`
	Every time.Duration `yaml:"every" min:"0" max:"24h" doc:"period with which the window repeats; 0 is once" zero:"is once"`
	Ramp  Ramp          `yaml:"ramp" doc:"over the window the probability (without one: the delay) grows from nothing to its value, or shrinks to nothing"`
}

// A Ramp is how a fault's intensity changes over its window.
type Ramp string

// The ramps.
const (
	Up   Ramp = "up"
	Down Ramp = "down"
)

// Names lists both, for suggestions.
func (Ramp) Names() []string { return words(Up, Down) }

// Active reports whether the window is open at t.
func (w *Window) Active(t time.Duration) bool {
	t -= w.From
	if t < 0 {
		return false
	}
	if w.Every > 0 {
		t %= w.Every
	}
	return w.For == 0 || t < w.For
}

// NextChange returns the first moment after t at which the window opens or
// shuts; ok is false if it stays as it is.
func (w *Window) NextChange(t time.Duration) (change time.Duration, ok bool) {
	switch {
	case t < w.From:
		return w.From, true
	case w.For == 0:
		return 0, false
	}
	opened := w.From
	if w.Every > 0 {
		opened += (t - w.From) / w.Every * w.Every
	}
	switch {
	case t < opened+w.For:
		return opened + w.For, true
	case w.Every > 0:
		return opened + w.Every, true
	}
	return 0, false
}

// Intensity is the share of the fault's full strength at t, an instant of the
// open window: 1 without a ramp.
func (w *Window) Intensity(t time.Duration) float64 {
	if w.Ramp == "" || w.For == 0 {
		return 1
	}
	t -= w.From
	if w.Every > 0 {
		t %= w.Every
	}
	share := min(1, max(0, float64(t)/float64(w.For)))
	if w.Ramp == Down {
		return 1 - share
	}
	return share
}

// shortest is the shortest window that can be played: a listener takes that
// long to close and open.
const shortest = time.Millisecond

func (w *Window) validate() []error {
	var errs findings
	errs.add(w.Every > 0 && w.For == 0, "every", "every needs for: how long the window stays open")
	errs.add(w.Every > 0 && w.For >= w.Every, "for", "the window is as long as its period: it never closes")
	errs.add(w.For > 0 && w.For < shortest, "for", "for is %v, want at least %v", w.For, shortest)
	errs.add(w.Ramp != "" && w.For == 0, "ramp", "a ramp needs for: the time it takes")
	return errs
}
