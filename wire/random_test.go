package wire_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"rstorm/wire"
	"rstorm/wire/wiretest"
)

// storm is a tape of many connections at once, of all sorts: refused, unanswered,
// reset by either side, closed in each order, cut off; with ports used again,
// numbers that wrap, pipelining, chunked bodies and retransmissions.
func storm(seed uint64, steps int) *wiretest.Tape {
	r := rand.New(rand.NewPCG(seed, 1))
	t := wiretest.New()
	var calls []*wiretest.Call
	for range steps {
		t.Wait(time.Duration(r.IntN(300)) * time.Millisecond / 10)
		if len(calls) == 0 || r.IntN(12) == 0 {
			calls = append(calls, dialled(t, r))
			continue
		}
		i := r.IntN(len(calls))
		if !act(calls[i], r) {
			calls = slices.Delete(calls, i, i+1)
		}
	}
	return t
}

func dialled(t *wiretest.Tape, r *rand.Rand) *wiretest.Call {
	format, server := "10.0.0.%d:%d", "10.0.1.1:80"
	if r.IntN(4) == 0 {
		format, server = "[fd00::%d]:%d", "[fd00::1:1]:8080"
	}
	c := t.Call(fmt.Sprintf(format, 1+r.IntN(3), 40000+r.IntN(12)), server)
	c.Ends[wire.Up].First, c.Ends[wire.Down].First = r.Uint32(), r.Uint32()
	if r.IntN(5) == 0 {
		c.Ends[wire.Down].First = ^uint32(0) - uint32(r.IntN(200))
	}
	switch r.IntN(8) {
	case 0: // in mid-stream
		c.Ends[wire.Up].Next, c.Ends[wire.Down].Next, c.Ends[wire.Up].Heard, c.Ends[wire.Down].Heard = 77, 99, 99, 77
	case 1:
		c.Send(wire.Up, wire.SYN, "")
		c.Put(wiretest.Segment{Way: wire.Down, Flags: wire.RST | wire.ACK, Seq: -int64(c.Ends[wire.Down].First), Ack: 1})
	case 2:
		c.Send(wire.Up, wire.SYN, "")
		c.Put(wiretest.Segment{Way: wire.Up, Flags: wire.SYN, Window: 502, Options: true})
	default:
		c.Handshake()
	}
	return c
}

// act lets one thing happen on a connection, and reports whether more can.
func act(c *wiretest.Call, r *rand.Rand) bool {
	way := wire.Way(r.IntN(2))
	switch r.IntN(12) {
	case 0:
		c.Send(way, wire.FIN|wire.ACK, "")
		c.Send(1-way, wire.ACK, "")
	case 1:
		c.Fly(way, wire.FIN|wire.ACK, "")
	case 2:
		c.Send(way, wire.RST|wire.ACK, "")
		return false
	case 3:
		c.Reply(way)
		return r.IntN(2) == 0
	case 4:
		return false
	case 5: // a keep-alive probe
		c.Put(wiretest.Segment{Way: way, Flags: wire.ACK, Seq: c.Ends[way].Next - 1, Ack: c.Ends[way].Heard, Window: 502, Options: true})
	case 6, 7:
		c.Send(wire.Up, wire.PSH|wire.ACK, "GET /a?command=1-2 HTTP/1.1\r\nHost: x\r\n\r\n")
		c.Send(wire.Down, wire.PSH|wire.ACK, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
		c.Send(wire.Down, wire.PSH|wire.ACK, "0\r\n\r\n")
	case 8:
		c.Fly(wire.Up, wire.PSH|wire.ACK, "PUT /b HTTP/1.1\r\nContent-Length: 100\r\n\r\n")
		c.Send(wire.Up, wire.PSH|wire.ACK, string(make([]byte, 100)))
		c.Send(wire.Down, wire.PSH|wire.ACK, "HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel")
	case 9:
		c.Send(way, wire.PSH|wire.ACK, string([]byte{22, 3, 1, 0, 3, 1, 2, 3}))
	default:
		c.Send(way, wire.PSH|wire.ACK, string(make([]byte, r.IntN(1400))))
		c.Send(1-way, wire.ACK, "")
	}
	return true
}

// spoil shuffles, repeats, loses and cuts packets.
func spoil(tape *wiretest.Tape, seed uint64) *wiretest.Tape {
	r := rand.New(rand.NewPCG(seed, 2))
	spoilt := wiretest.New()
	for _, p := range tape.Packets {
		switch r.IntN(10) {
		case 0:
			continue
		case 1:
			spoilt.Packets = append(spoilt.Packets, p)
		case 2:
			p.Data = p.Data[:r.IntN(len(p.Data)+1)]
		case 3:
			p.At -= r.Int64N(int64(2 * time.Hour))
		}
		spoilt.Packets = append(spoilt.Packets, p)
		if n := len(spoilt.Packets); r.IntN(5) == 0 {
			i := n - 1 - r.IntN(min(n, 8))
			spoilt.Packets[i], spoilt.Packets[n-1] = spoilt.Packets[n-1], spoilt.Packets[i]
		}
	}
	for i := range spoilt.Packets {
		spoilt.Packets[i].Number = i + 1
	}
	return spoilt
}

// Whatever becomes of the packets on their way into a capture: none is counted
// twice or not at all, and every conversation is told of once.
func TestTotalsAreConserved(t *testing.T) {
	for seed := range uint64(80) {
		tape := storm(seed, 400)
		if seed%4 != 0 {
			tape = spoil(tape, seed)
		}
		for name, cfg := range map[string]wire.Config{"roomy": {}, "tight": {Memory: 64 << 10, Events: 3}, "hasty": {Linger: time.Nanosecond}} {
			t.Run(fmt.Sprintf("%d %s", seed, name), func(t *testing.T) { conserved(t, tape, cfg) })
		}
	}
}

func conserved(t *testing.T, tape *wiretest.Tape, cfg wire.Config) {
	var want, got struct{ packets, resets, fins, bytes int }
	for i := range tape.Packets {
		var s wire.Segment
		if wire.Decode(&tape.Packets[i], &s) != wire.IsTCP {
			continue
		}
		want.packets++
		want.bytes += s.Length
		if s.Flags.Has(wire.RST) {
			want.resets++
		}
		if s.Flags.Has(wire.FIN) {
			want.fins++
		}
	}
	exchanged := map[[2]int]bool{}
	cfg.Exchanged = func(c *wire.Conversation, x *wire.Exchange) {
		if id := [2]int{c.Number, x.Number}; exchanged[id] {
			t.Errorf("exchange %d of conversation %d was told of twice", x.Number, c.Number)
		} else {
			exchanged[id] = true
		}
	}
	all, counts := told(t, tape, cfg)
	numbers, exchanges := map[int]bool{}, 0
	for _, c := range all {
		if numbers[c.Number] {
			t.Errorf("conversation %d was told of twice", c.Number)
		}
		numbers[c.Number] = true
		exchanges += c.Exchanged
		packets := 0
		for _, s := range c.Sides {
			packets += s.Packets
			got.bytes += int(s.Bytes)
			got.resets += s.Resets
			got.fins += s.FINs
			if s.Acked > s.Sent || s.Missing < 0 || s.Duplicates > s.Repeats || s.Repeats > s.Packets {
				t.Errorf("conversation %d: %+v", c.Number, s)
			}
		}
		got.packets += packets
		if len(c.Events)+c.Omitted != packets || c.Head > len(c.Events) || c.State == "" {
			t.Errorf("conversation %d: %d events and %d omitted of %d packets, state %q", c.Number, len(c.Events), c.Omitted, packets, c.State)
		}
	}
	if got != want || counts.TCP != want.packets || counts.Packets != len(tape.Packets) || counts.Conversations != len(all) || exchanges != len(exchanged) {
		t.Errorf("got %+v, want %+v; %+v; %d told of; %d exchanges, %d told of", got, want, counts, len(all), exchanges, len(exchanged))
	}
	if sum := counts.TCP + counts.Other + counts.Fragments + counts.Short + counts.Malformed; sum != counts.Packets {
		t.Errorf("%d packets were counted as something: %+v", sum, counts)
	}
}
