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
		if change, ok := f.NextChange(now); ok && (!ever || change-now < wait) {
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
