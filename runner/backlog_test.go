package runner

import (
	"bytes"
	"testing"

	"rstorm/wire"
	"rstorm/wire/wiretest"
)

// Every packet comes out once, in order and as it went in, whether there was
// room for it or not.
func TestABacklogLosesNothing(t *testing.T) {
	tape := wiretest.New()
	c := tape.Call("10.0.0.1:40000", "10.0.0.2:80")
	c.Handshake()
	for range 20 {
		c.Send(wire.Up, wire.PSH|wire.ACK, "GET / HTTP/1.1\r\n\r\n")
		c.Send(wire.Down, wire.PSH|wire.ACK, string(make([]byte, 60_000)))
	}
	for _, rounds := range []int{1, 100} { // 1.2 MB each: within the bound, and beyond it
		var b backlog
		for range 2 { // the second time in used chunks
			seen, early := 0, 0
			look := func(p *wire.Packet, s *wire.Segment) {
				want := &tape.Packets[seen%len(tape.Packets)]
				if p.Number != seen || p.At != want.At || p.Length != want.Length || p.Interface != 7 || !bytes.Equal(p.Data, want.Data) || s.Outgoing != (seen%3 == 0) || s.Length != len(s.Payload) {
					t.Fatalf("packet %d comes out as %+v, segment %+v", seen, *p, *s)
				}
				seen++
			}
			sent := 0
			for range rounds {
				for _, p := range tape.Packets {
					p.Number, p.Interface = sent, 7
					b.add(&p, &wire.Segment{Outgoing: sent%3 == 0}, look)
					sent++
				}
			}
			early = seen
			b.work(look)
			if seen != sent || (early > 0) != (rounds > 1) {
				t.Errorf("%d packets went in, %d came out, %d of them early", sent, seen, early)
			}
			if n := len(b.spare); n == 0 || n > chunksMost+2 {
				t.Errorf("%d chunks are kept for another time", n)
			}
		}
	}
}

func BenchmarkBacklog(b *testing.B) {
	tape := wiretest.New()
	c := tape.Call("10.0.0.1:40000", "10.0.0.2:80")
	c.Send(wire.Up, wire.PSH|wire.ACK, string(make([]byte, 160)))
	var later backlog
	var s wire.Segment
	b.ReportAllocs()
	for b.Loop() {
		later.add(&tape.Packets[0], &s, func(*wire.Packet, *wire.Segment) {})
	}
}
