package pcap_test

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"rstorm/wire"
	"rstorm/wire/wiretest"
)

// A storm writes random conversations onto a tape, many at a time.
type storm struct {
	*rand.Rand
	tape   *wiretest.Tape
	six    func(n int) bool // which conversations are of IPv6
	body   int              // most bytes of a segment's payload
	number int
}

// play writes that many conversations. Each of their segments is one step, and
// the steps of all that are under way are mixed.
func (s *storm) play(conversations int) {
	const most = 64
	var open [][]func()
	for conversations > 0 || len(open) > 0 {
		if conversations > 0 && len(open) < most {
			open = append(open, s.conversation())
			conversations--
			continue
		}
		i := s.IntN(len(open))
		open[i][0]()
		s.tape.Wait(time.Duration(s.IntN(500)) * time.Microsecond)
		if open[i] = open[i][1:]; len(open[i]) == 0 {
			open[i] = open[len(open)-1]
			open = open[:len(open)-1]
		}
	}
}

// conversation is a connection between addresses that no other one has, as its
// steps; at times there is a second one between the same ports.
func (s *storm) conversation() []func() {
	n := s.number
	s.number++
	client := fmt.Sprintf("10.1.%d.%d:%d", n>>8&255, n&255, 1024+s.IntN(60_000))
	server := fmt.Sprintf("192.0.2.%d:%d", s.IntN(5), []int{80, 8080, 4711}[s.IntN(3)])
	if s.six(n) {
		client = fmt.Sprintf("[2001:db8::%x:%x]:%d", n>>16, n&0xffff, 1024+s.IntN(60_000))
		server = fmt.Sprintf("[2001:db8:1::%x]:80", s.IntN(5))
	}
	steps := s.life(client, server)
	if s.IntN(8) == 0 {
		steps = append(steps, s.life(client, server)...)
	}
	return steps
}

// A talk is a conversation that is being written.
type talk struct {
	*storm
	*wiretest.Call
	steps []func()
}

// life is one connection, from its beginning to its end.
func (s *storm) life(client, server string) []func() {
	t := &talk{storm: s, Call: s.tape.Call(client, server)}
	t.Ends[wire.Up].First, t.Ends[wire.Down].First = s.Uint32(), s.Uint32()
	if s.IntN(4) == 0 {
		t.Ends[wire.Down].First = ^uint32(s.IntN(2000)) // wraps
	}
	if !beginnings[s.IntN(len(beginnings))](t) {
		return t.steps
	}
	for range s.IntN(4) {
		t.exchange()
	}
	endings[s.IntN(len(endings))](t)
	return t.steps
}

// say adds a segment, and at times the same one once more.
func (t *talk) say(way wire.Way, flags wire.Flags, payload string) {
	again := t.IntN(20) == 0
	t.steps = append(t.steps, func() {
		before := t.Ends[way].Next
		t.Send(way, flags, payload)
		if again {
			t.Put(wiretest.Segment{Way: way, Flags: flags, Seq: before, Ack: t.Ends[way].Heard, Payload: payload, Window: 502, Options: true})
		}
	})
}

// raw adds a segment that changes neither end, made when it is its turn.
func (t *talk) raw(make func() wiretest.Segment) {
	t.steps = append(t.steps, func() { t.Put(make()) })
}

// active adds a RST as of an abort.
func (t *talk) active(way wire.Way, payload string) {
	t.raw(func() wiretest.Segment {
		e := t.Ends[way]
		return wiretest.Segment{Way: way, Flags: wire.RST | wire.ACK, Seq: e.Next, Ack: e.Heard, Payload: payload, Window: 502, Options: true}
	})
}

// reply adds a RST as of a stray segment.
func (t *talk) reply(way wire.Way) { t.steps = append(t.steps, func() { t.Reply(way) }) }

func (t *talk) handshake() {
	t.say(wire.Up, wire.SYN, "")
	t.say(wire.Down, wire.SYN|wire.ACK, "")
	t.say(wire.Up, wire.ACK, "")
}

func (t *talk) request() {
	t.say(wire.Up, wire.PSH|wire.ACK, "PUT /put/ctrl HTTP/1.1\r\nHost: device\r\nContent-Length: 2\r\n\r\n"+"ok")
}

func (t *talk) exchange() {
	t.request()
	if t.IntN(2) == 0 {
		t.say(wire.Down, wire.ACK, "")
	}
	body := strings.Repeat("x", t.IntN(t.body))
	parts := 1 + t.IntN(3)
	t.say(wire.Down, wire.PSH|wire.ACK, fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", parts*len(body)))
	for range parts {
		if body != "" {
			t.say(wire.Down, wire.PSH|wire.ACK, body)
		}
	}
	t.say(wire.Up, wire.ACK, "")
}

// beginnings say how connections begin, and whether anything can follow.
var beginnings = []func(*talk) bool{
	func(t *talk) bool { t.handshake(); return true },
	func(t *talk) bool { t.handshake(); return true },
	func(t *talk) bool { t.handshake(); return true },
	func(t *talk) bool { // captured from the middle
		for way := range t.Ends {
			t.Ends[way].Next, t.Ends[way].Heard = 5000, 5000
		}
		t.say(wire.Way(t.IntN(2)), wire.ACK, "")
		return true
	},
	func(t *talk) bool { // captured from the answer to the SYN
		t.Ends[wire.Up].Next, t.Ends[wire.Down].Heard = 1, 1
		t.say(wire.Down, wire.SYN|wire.ACK, "")
		t.say(wire.Up, wire.ACK, "")
		return true
	},
	func(t *talk) bool { // both called: RFC 9293 figure 7
		t.steps = append(t.steps, func() { t.Fly(wire.Up, wire.SYN, "") }, func() { t.Fly(wire.Down, wire.SYN, "") })
		for _, way := range []wire.Way{wire.Up, wire.Down} {
			t.steps = append(t.steps, func() { t.Land(1 - way) })
			t.raw(func() wiretest.Segment {
				return wiretest.Segment{Way: way, Flags: wire.SYN | wire.ACK, Ack: 1, Window: 502, Options: true}
			})
		}
		return true
	},
	func(t *talk) bool { // refused, at times again and again with the same number, as Windows calls
		for range 1 + t.IntN(3) {
			t.raw(func() wiretest.Segment {
				return wiretest.Segment{Way: wire.Up, Flags: wire.SYN, Window: 502, Options: true}
			})
			t.raw(func() wiretest.Segment {
				return wiretest.Segment{Way: wire.Down, Flags: wire.RST | wire.ACK, Seq: -int64(t.Ends[wire.Down].First), Ack: 1}
			})
		}
		return false
	},
	func(t *talk) bool { // unanswered
		for range 1 + t.IntN(3) {
			t.raw(func() wiretest.Segment {
				return wiretest.Segment{Way: wire.Up, Flags: wire.SYN, Window: 502, Options: true}
			})
		}
		return false
	},
}

// endings say how connections end.
var endings = []func(*talk){
	func(t *talk) {}, // it does not, in the capture
	func(t *talk) { // in order
		first := wire.Way(t.IntN(2))
		t.say(first, wire.FIN|wire.ACK, "")
		t.say(1-first, wire.FIN|wire.ACK, "")
		t.say(first, wire.ACK, "")
	},
	func(t *talk) { // the last bytes bring the FIN, which is sent again
		t.say(wire.Down, wire.PSH|wire.ACK|wire.FIN, "bye")
		t.raw(func() wiretest.Segment {
			e := t.Ends[wire.Down]
			return wiretest.Segment{Way: wire.Down, Flags: wire.PSH | wire.ACK | wire.FIN, Seq: e.Next - 4, Ack: e.Heard, Payload: "bye", Window: 502, Options: true}
		})
		t.say(wire.Up, wire.ACK, "")
	},
	func(t *talk) { // the close race
		t.steps = append(t.steps, func() { t.Fly(wire.Up, wire.PSH|wire.ACK, "GET /query/state HTTP/1.1\r\n\r\n") })
		t.say(wire.Down, wire.FIN|wire.ACK, "")
		t.say(wire.Up, wire.FIN|wire.ACK, "")
		t.reply(wire.Down)
		t.reply(wire.Down)
	},
	func(t *talk) { t.request(); t.active(wire.Down, "") },
	func(t *talk) { t.request(); t.reply(wire.Down) },
	func(t *talk) { t.request(); t.active(wire.Up, "") },
	func(t *talk) { t.request(); t.active(wire.Down, "because") }, // a RST may say why: RFC 9293 section 3.5.2
	func(t *talk) { // both
		t.active(wire.Down, "")
		t.reply(wire.Up)
	},
	func(t *talk) { // half-closed
		t.say(wire.Down, wire.FIN|wire.ACK, "")
		t.request()
		t.say(wire.Down, wire.ACK, "")
	},
}

// A wrap puts what a link type has before an IP packet.
type wrap struct {
	link   wire.LinkType
	before func(six bool) []byte
	six    func(n int) bool
	least  int // bytes of a packet; shorter ones are padded
}

func mixed(n int) bool { return n%5 == 0 }
func no(int) bool      { return false }
func yes(int) bool     { return true }

// wraps are the kinds of captures there are.
var wraps = map[string]wrap{
	"raw IP":   {wire.LinkRaw, func(bool) []byte { return nil }, mixed, 0},
	"raw IPv4": {wire.LinkIPv4, func(bool) []byte { return nil }, no, 0},
	"raw IPv6": {wire.LinkIPv6, func(bool) []byte { return nil }, yes, 0},
	"Ethernet": {wire.LinkEthernet, func(six bool) []byte { return ethertype(make([]byte, 12), six) }, mixed, 60},
	"VLAN":     {wire.LinkEthernet, func(six bool) []byte { return ethertype(append(make([]byte, 12), 0x81, 0, 0, 7), six) }, mixed, 60},
	"VLAN in VLAN": {wire.LinkEthernet, func(six bool) []byte {
		return ethertype(append(make([]byte, 12), 0x88, 0xa8, 0, 7, 0x81, 0, 0, 8), six)
	}, mixed, 64},
	"Linux cooked": {wire.LinkCooked, func(six bool) []byte { return ethertype([]byte{0, 4, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0}, six) }, mixed, 0},
	"Linux cooked 2": {wire.LinkCooked2, func(six bool) []byte {
		return append(ethertype(nil, six), 0, 0, 0, 0, 0, 2, 0, 1, 4, 6, 1, 2, 3, 4, 5, 6, 0, 0)
	}, mixed, 0},
	"BSD loopback":     {wire.LinkNull, func(six bool) []byte { return binary.LittleEndian.AppendUint32(nil, family(six)) }, mixed, 0},
	"OpenBSD loopback": {wire.LinkLoop, func(six bool) []byte { return binary.BigEndian.AppendUint32(nil, family(six)) }, mixed, 0},
}

func ethertype(b []byte, six bool) []byte {
	if six {
		return append(b, 0x86, 0xdd)
	}
	return append(b, 0x08, 0x00)
}

func family(six bool) uint32 {
	if six {
		return 30
	}
	return 2
}

// around is a raw IP packet in a wrap.
func (w wrap) around(p wire.Packet) wire.Packet {
	six := p.Data[0]>>4 == 6
	p.Data = append(w.before(six), p.Data...)
	p.Data = append(p.Data, make([]byte, max(0, w.least-len(p.Data)))...)
	p.Link, p.Length = w.link, len(p.Data)
	return p
}
