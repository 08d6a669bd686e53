package wire_test

import (
	"testing"
	"time"

	"rstorm/results"
	"rstorm/wire"
	"rstorm/wire/wiretest"
)

// challenged is a SYN that meets an older connection of the same ports, whose
// answer is said, and the connection that comes of it after all.
func challenged(said string) (*wiretest.Tape, *wiretest.Call) {
	tape := wiretest.New()
	c := tape.Call("10.0.0.1:40000", "10.0.0.2:80")
	c.Send(wire.Up, wire.SYN, "")
	c.Put(wiretest.Segment{Way: wire.Down, Flags: wire.ACK, Seq: -164_380, Ack: -38_035, Payload: said, Window: 502, Options: true})
	c.Put(wiretest.Segment{Way: wire.Up, Flags: wire.RST, Seq: -38_035})
	tape.Wait(8 * time.Millisecond)
	c.Put(wiretest.Segment{Way: wire.Up, Flags: wire.SYN, Window: 502, Options: true})
	c.Send(wire.Down, wire.SYN|wire.ACK, "")
	c.Send(wire.Up, wire.ACK, "")
	for n := range 3 {
		command(c, n)
		tape.Wait(time.Millisecond)
	}
	return tape, c
}

// hangUp closes a call in order.
func hangUp(c *wiretest.Call) {
	c.Send(wire.Up, wire.FIN|wire.ACK, "")
	c.Send(wire.Down, wire.FIN|wire.ACK, "")
	c.Send(wire.Up, wire.ACK, "")
}

func TestARSTForAnOlderConnectionEndsNothing(t *testing.T) {
	for _, said := range []string{"", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nold", "\x16\x03\x03\x00\x30 what once was TLS"} {
		tape, c := challenged(said)
		hangUp(c)
		got := only(t, tape)
		if got.Cut || got.Protocol != wire.HTTP || got.Exchanged != 3 || got.Sides[wire.Down].Missing != 0 {
			t.Errorf("after %q: cut %v, %q, %d exchanges, %+v", said, got.Cut, got.Protocol, got.Exchanged, got.Sides)
		}
		for i, x := range got.Exchanges {
			if x.Number != i+1 || !x.Request.Whole || !x.Response.Whole || x.Status != 200 {
				t.Errorf("after %q: %+v", said, x)
			}
		}
	}
}

func TestAConnectionThatItsOwnRSTDidNotEndIsOpen(t *testing.T) {
	tape, _ := challenged("")
	if got := only(t, tape); !got.Cut {
		t.Error("it is still open when the capture ends")
	}
	tape, c := challenged("")
	c.Send(wire.Up, wire.RST|wire.ACK, "")
	if got := only(t, tape); got.Cut {
		t.Error("the second RST has ended it")
	}
}

func TestASYNThatMeetsAnOlderConnectionIsPortReuse(t *testing.T) {
	tape, c := challenged("")
	hangUp(c)
	got := only(t, tape)
	if f := wire.Explain(got, wire.Witness{}); f.Name() != "port-reuse" || f.Phase != results.PhaseDone {
		t.Errorf("%s in phase %s, want port-reuse\n%s", f.Name(), f.Phase, wire.Ladder(got, &f))
	}
}
