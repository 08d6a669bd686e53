package device

import (
	"time"

	"rstorm/faults"
)

// watchWindows keeps the door as the windows of fs say: shut while one of
// refuse is open, jammed while one of drop-syn is. When it returns, the door
// is right for now.
func (d *Device) watchWindows(fs []faults.Fault) {
	if len(fs) == 0 {
		d.settle()
		return
	}
	wait, ever := d.turnWindows(fs)
	d.tasks.Go(func() {
		for ever && d.clock.wait(d.ctx, wait) == nil {
			wait, ever = d.turnWindows(fs)
		}
	})
}

// turnWindows does what the windows say now and returns how long that holds;
// ever is false if nothing changes any more. The connections open when a window
// of refuse opens end as its fault's then says.
func (d *Device) turnWindows(fs []faults.Fault) (wait time.Duration, ever bool) {
	now, want := d.clock.now(), open
	for i := range fs {
		f := &fs[i]
		if change, ok := f.NextChange(now); ok && (!ever || change-now < wait) {
			wait, ever = change-now, true
		}
		if f.Active(now) {
			want = max(want, stanceOf(f))
		}
	}
	d.want(want)
	for i := range fs {
		if f := &fs[i]; f.Effect == faults.Refuse && f.Active(now) {
			d.cut(f)
		}
	}
	return wait, ever
}

// stanceOf is what f, a fault at the door, makes of it.
func stanceOf(f *faults.Fault) stance {
	switch {
	case f.Effect == faults.Refuse:
		return shut
	case f.Then == faults.ThenReset:
		return overflowing
	}
	return jammed
}

// want turns the door as the windows want it.
func (d *Device) want(s stance) {
	d.door.mu.Lock()
	d.door.windows = s
	d.door.mu.Unlock()
	d.settle()
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
