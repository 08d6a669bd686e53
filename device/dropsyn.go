package device

import "rstorm/kernel"

// jam fills the accept queue, so that the kernel drops every further SYN or,
// in the stance overflowing, answers what the queue can't take with a RST.
// Nobody accepts.
func (d *Device) jam(how stance) {
	if d.door.free != nil {
		return
	}
	jam := kernel.Jam
	if how == overflowing {
		jam = kernel.Overflow
	}
	free, err := jam(d.door.listener)
	if err != nil {
		d.fail("drop SYNs", err)
		return
	}
	d.door.free, d.door.full = free, how
}

// unjam empties the accept queue again. Those who had got into it before are
// let in.
func (d *Device) unjam() {
	if d.door.free == nil {
		return
	}
	waited, err := d.door.free()
	d.door.free = nil
	d.fail("stop dropping SYNs", err)
	for _, tcp := range waited {
		d.admit(tcp)
	}
}
