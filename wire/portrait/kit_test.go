package portrait

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"rstorm/scenarios"
	"rstorm/wire"
	"rstorm/wire/wiretest"
)

// portraitOf lets a table put a tape together and a portrait sit for it.
func portraitOf(tape *wiretest.Tape) *Portrait {
	p := New()
	table := wire.NewTable(wire.Config{
		Exchanged: p.Exchanged,
		Ended: func(c *wire.Conversation) {
			f := wire.Explain(c, wire.Witness{})
			p.Ended(c, &f)
		},
	})
	for i := range tape.Packets {
		table.Add(&tape.Packets[i])
	}
	table.Flush()
	return p
}

// written is the scenario that a tape gives, as text and as read back.
func written(t testing.TB, tape *wiretest.Tape) (string, *scenarios.Suite) {
	t.Helper()
	var b bytes.Buffer
	if err := portraitOf(tape).WriteScenario(&b, "trace.pcapng"); err != nil {
		t.Fatal(err)
	}
	s, err := scenarios.Parse("out.yaml", bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatalf("%v\n%s", err, b.String())
	}
	return b.String(), s
}

// A film is a tape on which clients and a device talk over a way of its own
// length.
type film struct {
	*wiretest.Tape
	calls   int
	service time.Duration
	way     time.Duration // round trip time, all of it before the device
}

func newFilm() *film { return &film{Tape: wiretest.New(), service: 20 * time.Millisecond} }

const device = "192.168.0.75:80"

// call makes a connection from one client.
func (f *film) call() *wiretest.Call {
	f.calls++
	c := f.Call("192.168.0.20:"+port(f.calls), device)
	c.Send(wire.Up, wire.SYN, "")
	f.Wait(f.way)
	c.Send(wire.Down, wire.SYN|wire.ACK, "")
	c.Send(wire.Up, wire.ACK, "")
	return c
}

// The requests of the field case.
const (
	put = "PUT /put/ctrl HTTP/1.1\r\nHost: 192.168.0.75\r\nContent-Length: 8\r\n\r\n{\"on\":1}"
	get = "GET /query/state HTTP/1.1\r\nHost: 192.168.0.75\r\n\r\n"
)

// ask sends a request and returns when it has come.
func (f *film) ask(c *wiretest.Call, request string) {
	c.Send(wire.Up, wire.PSH|wire.ACK, request)
}

// answer sends a whole answer once the device has worked and the way is gone.
func (f *film) answer(c *wiretest.Call, fields string) {
	f.Wait(f.service + f.way)
	c.Send(wire.Down, wire.PSH|wire.ACK, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"+fields+"\r\nok")
}

// part takes leave, the client first.
func (f *film) part(c *wiretest.Call) {
	c.Send(wire.Up, wire.FIN|wire.ACK, "")
	f.Wait(f.way)
	c.Send(wire.Down, wire.FIN|wire.ACK, "")
	c.Send(wire.Up, wire.ACK, "")
}

// cross lets the device close so long after its answer, while a request is on
// its way that was sent before; the device's kernel resets.
func (f *film) cross(c *wiretest.Call, request string, gap, after time.Duration) {
	f.Wait(gap)
	c.Fly(wire.Up, wire.PSH|wire.ACK, request)
	f.Wait(after - gap)
	c.Send(wire.Down, wire.FIN|wire.ACK, "")
	c.Fly(wire.Up, wire.ACK, "")
	c.Fly(wire.Up, wire.FIN|wire.ACK, "")
	f.Wait(f.way)
	heard := c.Ends[wire.Up].Heard
	c.Put(wiretest.Segment{Way: wire.Down, Flags: wire.RST, Seq: heard - 1})
	c.Put(wiretest.Segment{Way: wire.Down, Flags: wire.RST, Seq: heard})
}

// reset aborts at once, as SO_LINGER 0 does.
func (f *film) reset(c *wiretest.Call) {
	c.Put(wiretest.Segment{Way: wire.Down, Flags: wire.RST | wire.ACK, Seq: c.Ends[wire.Down].Next, Ack: c.Ends[wire.Up].Next, Window: 502, Options: true})
}

// causes counts what a portrait was told of.
func causes(tape *wiretest.Tape) map[string]int {
	all := map[string]int{}
	table := wire.NewTable(wire.Config{Ended: func(c *wire.Conversation) {
		f := wire.Explain(c, wire.Witness{})
		all[f.Cause]++
	}})
	for i := range tape.Packets {
		table.Add(&tape.Packets[i])
	}
	table.Flush()
	return all
}

// port is the client's of a call, by number.
func port(n int) string { return fmt.Sprint(40000 + n) }
