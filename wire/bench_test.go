package wire_test

import (
	"fmt"
	"testing"

	"rstorm/wire"
	"rstorm/wire/wiretest"
)

// command is one exchange of a small command.
func command(c *wiretest.Call, n int) {
	c.Send(wire.Up, wire.PSH|wire.ACK, fmt.Sprintf("PUT /put/ctrl?command=0-%d HTTP/1.1\r\nHost: 192.168.0.75\r\nUser-Agent: app/1.0\r\nX-Command-Id: 0-%d\r\nContent-Type: application/json\r\nContent-Length: 8\r\n\r\n{\"on\":1}", n, n))
	c.Send(wire.Down, wire.ACK, "")
	c.Send(wire.Down, wire.PSH|wire.ACK, "HTTP/1.1 200 OK\r\nDate: Mon, 02 Jan 2006 15:04:05 GMT\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{\"ok\":true}")
	c.Send(wire.Up, wire.ACK, "")
}

// keepAlive is 50 commands on each of a few connections.
func keepAlive() *wiretest.Tape {
	t := wiretest.New()
	calls := make([]*wiretest.Call, 8)
	for i := range calls {
		calls[i] = t.Call(fmt.Sprintf("10.0.0.1:%d", 40000+i), "10.0.0.2:80")
		calls[i].Handshake()
	}
	for n := range 50 {
		for i := range calls {
			command(calls[i], n*len(calls)+i)
		}
	}
	for _, c := range calls {
		c.Send(wire.Up, wire.FIN|wire.ACK, "")
		c.Send(wire.Down, wire.FIN|wire.ACK, "")
		c.Send(wire.Up, wire.ACK, "")
	}
	return t
}

// single is a connection for each command.
func single() *wiretest.Tape {
	t := wiretest.New()
	for n := range 200 {
		c := t.Call(fmt.Sprintf("10.0.0.1:%d", 40000+n), "10.0.0.2:80")
		c.Handshake()
		command(c, n)
		c.Send(wire.Down, wire.FIN|wire.ACK, "")
		c.Send(wire.Up, wire.FIN|wire.ACK, "")
		c.Send(wire.Down, wire.ACK, "")
	}
	return t
}

// bulk is one long response, every second segment of it acknowledged.
func bulk() *wiretest.Tape {
	t := wiretest.New()
	c := t.Call("10.0.0.1:40000", "10.0.0.2:80")
	c.Handshake()
	c.Send(wire.Up, wire.PSH|wire.ACK, "GET /firmware HTTP/1.1\r\n\r\n")
	c.Send(wire.Down, wire.PSH|wire.ACK, "HTTP/1.1 200 OK\r\nContent-Length: 1400000\r\n\r\n")
	payload := string(make([]byte, 1400))
	for n := range 1000 {
		c.Send(wire.Down, wire.ACK, payload)
		if n%2 == 1 {
			c.Send(wire.Up, wire.ACK, "")
		}
	}
	return t
}

func BenchmarkTable(b *testing.B) {
	for _, load := range []struct {
		name string
		tape *wiretest.Tape
	}{{"keep-alive", keepAlive()}, {"connection per command", single()}, {"bulk", bulk()}} {
		b.Run(load.name, func(b *testing.B) {
			told := 0
			table := wire.NewTable(wire.Config{Ended: func(*wire.Conversation) { told++ }, Exchanged: func(*wire.Conversation, *wire.Exchange) { told++ }})
			packets := load.tape.Packets
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if i == len(packets) {
					table.Flush()
					i = 0
				}
				table.Add(&packets[i])
			}
			if b.N > len(packets) && told == 0 {
				b.Fatal("nothing was told")
			}
		})
	}
}
