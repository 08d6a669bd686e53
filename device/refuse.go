package device

import (
	"time"

	"rstorm/faults"
)

// refuse keeps the door as the windows of fs say: shut while one of them is
// open, so that the kernel refuses. When it returns, the door is right for now.
func (d *Device) refuse(fs []faults.Fault) {
	wait, ever := d.turnDoor(fs)
	d.tasks.Go(func() {
		for ever && d.clock.wait(d.ctx, wait) == nil {
			wait, ever = d.turnDoor(fs)
		}
	})
}

// turnDoor does what the windows say now and returns how long that holds; ever
// is false if nothing changes any more. The connections open when a window
// opens end as its fault's then says.
func (d *Device) turnDoor(fs []faults.Fault) (wait time.Duration, ever bool) {
	now, refusing := d.clock.now(), false
	for i := range fs {
		f := &fs[i]
		if change, ok := nextChange(&f.Selector, now); ok && (!ever || change-now < wait) {
			wait, ever = change-now, true
		}
		if !f.Active(now) {
			continue
		}
		if !refusing {
			d.shut()
			refusing = true
		}
		d.cut(f)
	}
	if !refusing {
		d.reopen()
	}
	return wait, ever
}

// cut ends the open connections as f.Then says, if it does.
func (d *Device) cut(f *faults.Fault) {
	how := plainly
	switch f.Then {
	case "":
		return
	case faults.ThenReset:
		how = abruptly
	}
	for _, c := range d.roster.all() {
		c.end(how, byFault(f))
	}
}

// nextChange returns the first moment after t at which the window of s opens
// or shuts; ok is false if it stays as it is.
func nextChange(s *faults.Selector, t time.Duration) (change time.Duration, ok bool) {
	switch {
	case t < s.From:
		return s.From, true
	case s.For == 0:
		return 0, false
	}
	opened := s.From
	if s.Every > 0 {
		opened += (t - s.From) / s.Every * s.Every
	}
	switch {
	case t < opened+s.For:
		return opened + s.For, true
	case s.Every > 0:
		return opened + s.Every, true
	}
	return 0, false
}
