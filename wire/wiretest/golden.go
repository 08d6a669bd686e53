package wiretest

import (
	"time"

	"rstorm/wire"
)

// Golden is the field case that this project grew from, packet by packet (times,
// flags and order as they were captured on the client's side): a device that
// closes without saying so while the next request is on its way. The handshake
// was not captured.
func Golden() *Tape {
	t := New()
	t.Now = time.Unix(1_700_000_000, 0)
	began := t.Now
	at := func(s float64) { t.Now = began.Add(time.Duration(s * float64(time.Second))) }
	c := t.Call("192.168.0.20:51514", "192.168.0.75:80")
	c.Ends[wire.Up].Next, c.Ends[wire.Down].Next = 1, 1
	c.Land(wire.Up)
	c.Land(wire.Down)
	at(6.016444)
	c.Send(wire.Up, wire.PSH|wire.ACK, "PUT /put/ctrl HTTP/1.1\r\nHost: 192.168.0.75\r\nContent-Length: 8\r\n\r\n{\"on\":1}")
	at(6.036431)
	c.Send(wire.Down, wire.PSH|wire.ACK, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
	at(6.038660)
	c.Fly(wire.Up, wire.PSH|wire.ACK, "GET /query/state HTTP/1.1\r\nHost: 192.168.0.75\r\n\r\n")
	at(6.039143)
	c.Send(wire.Down, wire.FIN|wire.ACK, "")
	at(6.039230)
	c.Fly(wire.Up, wire.ACK, "")
	at(6.039368)
	c.Fly(wire.Up, wire.FIN|wire.ACK, "")
	at(6.040691)
	heard := c.Ends[wire.Up].Heard
	c.Put(Segment{Way: wire.Down, Flags: wire.RST, Seq: heard - 1}) // for the request, which did not know of the FIN
	c.Put(Segment{Way: wire.Down, Flags: wire.RST, Seq: heard})     // for the acknowledgement
	c.Put(Segment{Way: wire.Down, Flags: wire.RST, Seq: heard})     // for the FIN
	return t
}
