package portrait

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/netip"
	"strings"
	"time"

	"rstorm/results"
	"rstorm/wire"
	"rstorm/wire/wiretest"
)

// wireAddress is the address of one of many servers.
func wireAddress(i int) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), 80)
}

// scribble is a tape on which a few connections do what comes into their heads.
func scribble(rng *rand.Rand, request string, steps int) *wiretest.Tape {
	tape := wiretest.New()
	var open []*wiretest.Call
	for range steps {
		tape.Wait(time.Duration(rng.ExpFloat64() * float64([]time.Duration{time.Microsecond, time.Millisecond, time.Second, time.Hour}[rng.IntN(4)])))
		if len(open) == 0 || rng.IntN(6) == 0 {
			c := tape.Call(fmt.Sprintf("10.0.0.%d:%d", 1+rng.IntN(3), 1024+rng.IntN(50)), fmt.Sprintf("10.0.1.%d:80", 1+rng.IntN(2)))
			open = append(open, c)
			scrawl(rng, tape, c, rng.IntN(4), request)
			continue
		}
		scrawl(rng, tape, open[rng.IntN(len(open))], rng.IntN(16), request)
	}
	return tape
}

// scrawl does one of the things that ends of connections do.
func scrawl(rng *rand.Rand, tape *wiretest.Tape, c *wiretest.Call, what int, request string) {
	way := wire.Way(rng.IntN(2))
	switch what {
	case 0, 1, 2:
		c.Handshake()
	case 3:
		c.Send(wire.Up, wire.SYN, "")
		c.Put(wiretest.Segment{Way: wire.Down, Flags: wire.RST | wire.ACK, Ack: 1})
	case 4, 5, 6:
		c.Send(wire.Up, wire.PSH|wire.ACK, request)
	case 7, 8, 9:
		c.Send(wire.Down, wire.PSH|wire.ACK, fmt.Sprintf("HTTP/1.1 %d X\r\nContent-Length: 2\r\n\r\nok", []int{200, 200, 204, 404, 503, 999}[rng.IntN(6)]))
	case 10:
		c.Send(way, wire.FIN|wire.ACK, "")
	case 11:
		c.Fly(wire.Up, wire.PSH|wire.ACK, request)
		tape.Wait(time.Millisecond)
		c.Send(wire.Down, wire.FIN|wire.ACK, "")
		c.Reply(wire.Down)
	case 12:
		c.Reply(way)
	case 13:
		c.Put(wiretest.Segment{Way: way, Flags: wire.RST | wire.ACK, Seq: c.Ends[way].Next, Ack: c.Ends[way].Heard, Window: 502, Options: true})
	case 14:
		c.Put(wiretest.Segment{Way: way, Flags: wire.PSH | wire.ACK, Seq: 1, Ack: c.Ends[way].Heard, Payload: request})
	case 15:
		c.Send(wire.Down, wire.PSH|wire.ACK, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\npart")
	}
}

// doodle tells a portrait things that no table would.
func doodle(rng *rand.Rand, p *Portrait, text string, n int) {
	ids := append(results.CauseIDs(), "", results.CauseUnknown, text)
	phases := []results.Phase{"", results.PhaseConnect, results.PhaseWait, results.PhaseDone}
	when := func() int64 {
		return []int64{0, 1, -5, math.MaxInt64, math.MinInt64, rng.Int64N(1e12)}[rng.IntN(6)]
	}
	message := func() wire.Message {
		return wire.Message{Packet: rng.IntN(3), At: when(), Done: when(), Seq: when(), End: when(), Whole: rng.IntN(3) > 0}
	}
	for i := range n {
		c := &wire.Conversation{Number: i + 1000, Server: wireAddress(rng.IntN(3)), Client: wireAddress(9 + rng.IntN(3)), Began: when(), Ended: when()}
		for way := range c.Sides {
			c.Sides[way].FIN = wire.Mark{Packet: rng.IntN(9), At: when()}
			c.Sides[way].Reset = wire.Mark{Packet: rng.IntN(9), At: when()}
		}
		for range rng.IntN(4) {
			method, target, _ := strings.Cut(text, " ")
			p.Exchanged(c, &wire.Exchange{Method: method, Target: target + strings.Repeat("x", rng.IntN(3)), Status: rng.IntN(1200) - 100,
				Announced: rng.IntN(3) == 0, Request: message(), Response: message()})
		}
		p.Ended(c, &results.Finding{Cause: ids[rng.IntN(len(ids))], Phase: phases[rng.IntN(len(phases))]})
	}
}
