package wire_test

import (
	"strings"
	"testing"
	"time"

	"rstorm/wire"
	"rstorm/wire/wiretest"
)

// What the two say to each other on these tapes.
const (
	get     = "GET /state HTTP/1.1\r\nHost: device\r\nX-Command-Id: 0-7\r\n\r\n"
	ok      = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
	half    = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of it"
	put     = "PUT /ctrl HTTP/1.1\r\nHost: device\r\nX-Command-Id: 0-7\r\nContent-Length: 4000\r\n\r\n"
	tooMuch = "HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n"
	data    = wire.PSH | wire.ACK
)

// A play is one connection on a tape, with the words that these tests need.
type play struct {
	*wiretest.Call
	*wiretest.Tape
	w wire.Witness
}

// stage is a play that has its handshake behind it.
func stage() *play {
	p := raise()
	p.Handshake()
	return p
}

// raise is a play that has not begun.
func raise() *play {
	t := wiretest.New()
	return &play{Tape: t, Call: t.Call("10.0.0.1:40000", "10.0.0.2:80")}
}

// pass lets milliseconds pass.
func (p *play) pass(ms float64) { p.Wait(time.Duration(ms * float64(time.Millisecond))) }

// served is a request with its answer.
func (p *play) served() {
	p.Send(wire.Up, data, get)
	p.pass(20)
	p.Send(wire.Down, data, ok)
	p.pass(2)
}

// asked is a request that arrives.
func (p *play) asked() { p.Send(wire.Up, data, get); p.pass(1) }

// abort is the RST of a socket that is closed for want of anything better.
func (p *play) abort(way wire.Way) {
	e := &p.Ends[way]
	p.Put(wiretest.Segment{Way: way, Flags: wire.RST | wire.ACK, Seq: e.Next, Ack: e.Heard, Window: 502, Options: true})
}

// again repeats the last request, so many times.
func (p *play) again(way wire.Way, text string, times int) {
	for range times {
		p.pass(300)
		e := &p.Ends[way]
		p.Put(wiretest.Segment{Way: way, Flags: data, Seq: e.Next - int64(len(text)), Ack: e.Heard, Payload: text, Window: 502, Options: true})
	}
}

// say lets the server's kernel give a reason for its next RST.
func (p *play) say(word string, listening bool) {
	p.w.Reasons = append(p.w.Reasons, wire.Reason{At: p.Now.UnixNano(), Source: p.Ends[wire.Down].Address, Target: p.Ends[wire.Up].Address, Word: word, Listening: listening})
}

// seen is the one conversation of the play.
func (p *play) seen(t testing.TB) *wire.Conversation {
	t.Helper()
	all := conversationsOf(p.Tape.Packets)
	if len(all) != 1 {
		t.Fatalf("the tape holds %d conversations, want 1", len(all))
	}
	return all[0]
}

// conversationsOf lets a table make conversations of packets.
func conversationsOf(packets []wire.Packet) []*wire.Conversation {
	var all []*wire.Conversation
	table := wire.NewTable(wire.Config{Ended: func(c *wire.Conversation) { all = append(all, c) }})
	for i := range packets {
		table.Add(&packets[i])
	}
	table.Flush()
	return all
}

// lose takes a packet off the tape, by its number.
func (p *play) lose(number int) {
	for i := range p.Tape.Packets {
		if p.Tape.Packets[i].Number == number {
			p.Tape.Packets = append(p.Tape.Packets[:i], p.Tape.Packets[i+1:]...)
			return
		}
	}
}

func says(evidence []string, words string) bool {
	return strings.Contains(strings.Join(evidence, "\n"), words)
}
