package wire_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"rstorm/wire"
)

// crossing reports whether two packets go different ways.
func crossing(a, b *wire.Packet) bool {
	var from, to wire.Segment
	return wire.Decode(a, &from) == wire.IsTCP && wire.Decode(b, &to) == wire.IsTCP && from.Source != to.Source
}

// jumbled lets neighbours of different ways change places, as several queues of
// a network card do: each packet at most once, or as often as it comes. With
// clocks, the time stamps stay with the places.
func jumbled(p []wire.Packet, r *rand.Rand, often, clocks bool) []wire.Packet {
	for i := 1; i < len(p); i++ {
		if r.IntN(3) > 0 || !crossing(&p[i-1], &p[i]) {
			continue
		}
		p[i-1], p[i] = p[i], p[i-1]
		p[i-1].Number, p[i].Number = i, i+1
		if clocks {
			p[i-1].At, p[i].At = p[i].At, p[i-1].At
		}
		if !often {
			i++
		}
	}
	return p
}

func TestAShuffledCaptureTellsTheSameOrLeavesItOpen(t *testing.T) {
	named, kept := 0, 0
	for _, p := range pairs {
		for _, a := range []statement{p.fits, p.neighbour} {
			for seed := range uint64(40) {
				play := a.play()
				all := conversationsOf(jumbled(play.Tape.Packets, rand.New(rand.NewPCG(seed, 7)), seed%2 == 0, seed%4 < 2))
				for _, c := range all {
					f := wire.Explain(c, play.w)
					checkFinding(t, c, &f)
					if f.Cause != "" && f.Certain() && f.Cause != a.cause {
						t.Fatalf("%s, with seed %d: %s is certain, want %q or candidates\n%s", a.field, seed, f.Name(), a.cause, wire.Ladder(c, &f))
					}
					if named++; f.Cause == a.cause || slices.Contains(f.Candidates, a.cause) {
						kept++
					}
				}
			}
		}
	}
	if kept*100 < named*97 {
		t.Errorf("only %d of %d kept their cause", kept, named)
	}
}

// Connections that are used for one command or for many: whatever order they
// were captured in, each answer goes with its own request, and nothing is wrong.
func TestAShuffledCaptureOfAGoodConnectionIsGood(t *testing.T) {
	for seed := range uint64(20) {
		for _, tape := range [][]wire.Packet{keepAlive().Packets, single().Packets} {
			shuffled := 0
			for _, c := range conversationsOf(jumbled(tape, rand.New(rand.NewPCG(seed, 8)), seed%2 == 0, seed%4 < 2)) {
				shuffled += c.Shuffled
				if f := wire.Explain(c, wire.Witness{}); f.Cause != "" || wire.Undecided(c, wire.Witness{}) {
					t.Fatalf("seed %d: %s\n%s", seed, f.Name(), wire.Ladder(c, &f))
				}
				for _, x := range c.Exchanges {
					if x.Request.Packet == 0 || !x.Request.Whole || !x.Response.Whole || x.Response.Ack != x.Request.End {
						t.Fatalf("seed %d: %+v\n%s", seed, x, wire.Ladder(c, nil))
					}
				}
			}
			if shuffled < 50 {
				t.Errorf("seed %d: only %d segments stand behind what acknowledges them", seed, shuffled)
			}
		}
	}
}

// disorderly are fields whose last segments, captured in another order, look
// like something else: the swaps, and what is to be said.
var disorderly = []struct {
	field  string
	swaps  []int
	cause  string
	beside string // what must stand beside it; empty if the cause is certain, or has other candidates
	play   func() *play
}{
	{"an answer behind the request that follows it", []int{5}, "", "", func() *play {
		p := stage()
		p.served()
		p.served()
		p.Send(wire.Up, wire.FIN|wire.ACK, "")
		p.Send(wire.Down, wire.FIN|wire.ACK, "")
		return p
	}},
	{"answers before their requests", []int{4, 6}, "", "", func() *play {
		p := stage()
		p.served()
		p.served()
		p.Send(wire.Up, wire.FIN|wire.ACK, "")
		p.Send(wire.Down, wire.FIN|wire.ACK, "")
		return p
	}},
	{"a command on its own connection, closed by the server", []int{4, 6}, "", "", func() *play {
		p := stage()
		p.served()
		p.Send(wire.Down, wire.FIN|wire.ACK, "")
		p.Send(wire.Up, wire.FIN|wire.ACK, "")
		return p
	}},
	{"a close race whose FIN stands behind the client's, which acknowledges it", []int{7}, "close-race", "half-close", func() *play {
		p := stage()
		p.served()
		p.Fly(wire.Up, data, get)
		p.Send(wire.Down, wire.FIN|wire.ACK, "")
		p.Send(wire.Up, wire.FIN|wire.ACK, "")
		return p
	}},
	{"a close race whose request stands behind the FIN", []int{6}, "close-race", "", func() *play {
		p := stage()
		p.served()
		p.Fly(wire.Up, data, get)
		p.Send(wire.Down, wire.FIN|wire.ACK, "")
		p.Ends[wire.Up].Heard--
		p.Reply(wire.Down)
		return p
	}},
	{"a RST before the request that it acknowledges", []int{6}, "close-collision", "reset-before-response", func() *play {
		p := stage()
		p.served()
		p.asked()
		p.abort(wire.Down)
		return p
	}},
	{"a RST before the request that it answers", []int{4}, "reset-before-response", "unread-data", func() *play {
		p := stage()
		p.asked()
		p.abort(wire.Down)
		return p
	}},
	{"a client that resets after the answer, and a RST that stands before it", []int{5}, "client-abort", "", func() *play {
		p := stage()
		p.Send(wire.Up, data, get)
		p.Send(wire.Down, data, ok)
		p.abort(wire.Up)
		return p
	}},
	{"a client and a server that close at once, with a request open", []int{2}, "client-abort", "close-race", func() *play {
		p := stage()
		p.asked()
		p.Fly(wire.Down, wire.FIN|wire.ACK, "")
		p.Fly(wire.Up, wire.FIN|wire.ACK, "")
		swapped(p.Tape, 5)
		return p
	}},
}

func TestOrderByAcknowledgementBeatsOrderOfCapture(t *testing.T) {
	for _, d := range disorderly {
		p := d.play()
		for _, n := range d.swaps {
			swapped(p.Tape, n)
		}
		c := p.seen(t)
		f := wire.Explain(c, p.w)
		if f.Cause != d.cause || d.beside != "" && !slices.Contains(f.Candidates, d.beside) {
			t.Errorf("%s: %s, want %q and beside it %q\n%s", d.field, f.Name(), d.cause, d.beside, wire.Ladder(c, &f))
		}
	}
}
