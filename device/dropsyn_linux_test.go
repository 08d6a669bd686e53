package device

import (
	"errors"
	"testing"
	"time"

	"rstorm/faults"
	"rstorm/kernel/kerneltest"
)

// dialling is a client that is still connecting.
type dialling struct{ met chan error }

// knock begins to connect, and waits to be let in for as long as it takes.
func knock(t *testing.T, d *Device, then func(*client)) dialling {
	t.Helper()
	k := dialling{make(chan error, 1)}
	go func() {
		c, err := tryDial(t, d)
		if err == nil {
			then(c)
		}
		k.met <- err
	}()
	return k
}

func (k dialling) mustGetIn(t *testing.T) {
	t.Helper()
	if err := <-k.met; err != nil {
		t.Errorf("dialling met %v", err)
	}
}

// dropped returns when a SYN has been sent again since so many retransmissions.
func dropped(t *testing.T, since uint64) {
	t.Helper()
	eventually(t, "a second SYN", func() bool { return kerneltest.Counter(t, "RetransSegs") > since })
}

// dropping is a fault at the door that is on from 1 s to 3 s.
func dropping(then faults.Then) faults.Fault {
	return faults.Fault{Effect: faults.DropSYN, Point: faults.Connect, Then: then,
		Selector: faults.Selector{Window: faults.Window{From: time.Second, For: 2 * time.Second}}}
}

func TestDropSYN(t *testing.T) {
	t.Parallel() // it waits for the kernel
	if !kerneltest.Private(t) {
		return
	}
	resets := kerneltest.OutRsts(t)
	g := newGate()
	d := switchOnWith(t, Profile{Faults: []faults.Fault{dropping("")}}, g.clock())
	g.arrive(t)
	c := dial(t, d)
	c.do(put("0-1"))

	g.hands.Store(int64(time.Second))
	g.open(t)
	if w := g.arrive(t); w != 2*time.Second {
		t.Errorf("the door holds for %v", w)
	}
	before := kerneltest.Counter(t, "RetransSegs")
	late := knock(t, d, func(c *client) { c.do(put("0-3")) })
	dropped(t, before)
	c.do(put("0-2")) // who is in, is in
	if all := d.Connections(); len(all) != 1 {
		t.Errorf("connections %+v, want neither the plug nor who knocks", all)
	}

	g.hands.Store(int64(3 * time.Second))
	g.open(t)
	late.mustGetIn(t)
	if executions(d, "0-3") != 1 || len(d.Connections()) != 2 {
		t.Errorf("ledger %+v, connections %+v", d.Ledger(), d.Connections())
	}
	if sent := kerneltest.OutRsts(t) - resets; sent != 0 {
		t.Errorf("the kernel sent %d RST", sent)
	}
}

func TestDropSYNThenReset(t *testing.T) {
	t.Parallel() // it waits for the kernel
	if !kerneltest.Private(t) {
		return
	}
	resets := kerneltest.OutRsts(t)
	g := newGate()
	d := switchOnWith(t, Profile{Faults: []faults.Fault{dropping(faults.ThenReset)}}, g.clock())
	g.arrive(t)
	g.hands.Store(int64(time.Second))
	g.open(t)
	g.arrive(t)
	for range 2 {
		c := dial(t, d)
		c.send(put("0-1"))
		c.mustEnd(errReset)
	}
	if sent := kerneltest.OutRsts(t) - resets; sent < 2 { // each segment on its way gets one
		t.Errorf("the kernel sent %d RST to 2 clients", sent)
	}
	g.hands.Store(int64(3 * time.Second))
	g.open(t)
	late := knock(t, d, func(c *client) { c.do(put("0-2")) }) // at once, or after a reset too many
	if err := <-late.met; err != nil {
		t.Errorf("after the window: %v", err)
	}
	if executions(d, "0-1") != 0 || executions(d, "0-2") != 1 || len(d.Connections()) != 1 {
		t.Errorf("ledger %+v, connections %+v", d.Ledger(), d.Connections())
	}
}

func TestDropSYNFromTheStartForEver(t *testing.T) {
	t.Parallel() // it waits for the kernel
	if !kerneltest.Private(t) {
		return
	}
	d := switchOn(t, Profile{Faults: []faults.Fault{{Effect: faults.DropSYN, Point: faults.Connect}}})
	before := kerneltest.Counter(t, "RetransSegs")
	late := knock(t, d, func(*client) {})
	dropped(t, before)
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	if err := <-late.met; err == nil {
		t.Error("the door let someone in")
	}
	if len(d.Connections()) != 0 {
		t.Errorf("connections %+v", d.Connections())
	}
}

func TestOfTwoFaultsAtTheDoorTheHarderOneStands(t *testing.T) {
	t.Parallel() // it waits for the kernel
	g := newGate()
	refusing := dropping("")
	refusing.Effect, refusing.For = faults.Refuse, time.Second
	d := switchOnWith(t, Profile{Faults: []faults.Fault{dropping(""), refusing}}, g.clock())
	g.arrive(t)
	g.hands.Store(int64(time.Second))
	g.open(t)
	g.arrive(t)
	mustRefuse(t, d)
	g.hands.Store(int64(2 * time.Second))
	g.open(t)
	g.arrive(t)
	if d.door.free == nil {
		t.Error("the door is not jammed")
	}
	g.hands.Store(int64(3 * time.Second))
	g.open(t)
	eventually(t, "an open door", func() bool {
		c, err := tryDial(t, d)
		if err == nil {
			c.do(put("0-1"))
		} else if !errors.Is(err, errReset) {
			t.Error(err)
		}
		return err == nil
	})
}
