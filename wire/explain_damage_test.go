package wire_test

import (
	"encoding/binary"
	"slices"
	"strings"
	"testing"

	"rstorm/results"
	"rstorm/wire"
)

// A damage is something that happens to captures and changes nothing of what
// they are about.
type damage struct {
	name string
	do   func([]wire.Packet) []wire.Packet
	less string // causes whose case it hides, apart
}

var damages = []damage{
	{"IPv6", eachPacket(toIPv6), "firewall-reject"}, // it has no identifications
	{"sequence numbers that wrap", eachPacket(shift), "refused"},
	{"each packet captured twice", twice, ""},
	{"no bare acknowledgements", dropping(bare), ""},
	{"bodies that the snap length cuts", eachPacket(snap(heads)), "h2-goaway h2-rst-stream"},
	{"no handshake", dropping(opening), "connection-limit defence-reset client-abort refused port-reuse firewall-drop network-outage tls-abort protocol-error h2-goaway h2-rst-stream"},
}

func TestDamagedCapturesTellTheSameOrLeaveItOpen(t *testing.T) {
	for _, d := range damages {
		for _, p := range pairs {
			a := p.fits
			if slices.Contains(strings.Fields(d.less), a.cause) {
				continue
			}
			play := a.play()
			packets := d.do(play.Tape.Packets)
			c := conversationsOf(packets)[0]
			f := wire.Explain(c, play.w)
			if f.Cause != a.cause && !slices.Contains(f.Candidates, a.cause) {
				t.Errorf("%s, with %s: the cause is %s, want %s\n%s", a.field, d.name, f.Name(), a.cause, wire.Ladder(c, &f))
			}
		}
	}
}

func TestWhatEndedWellDoesSoInADamagedCapture(t *testing.T) {
	heads := damage{"heads that the snap length cuts", eachPacket(snap(func(string) int { return 18 })), ""}
	for _, d := range append(slices.Clone(damages), heads) {
		for _, p := range pairs {
			if p.neighbour.cause != "" {
				continue
			}
			play := p.neighbour.play()
			for _, c := range conversationsOf(d.do(play.Tape.Packets)) {
				if f := wire.Explain(c, play.w); f.Cause != "" {
					t.Errorf("%s, with %s: the cause is %s, want none\n%s", p.neighbour.field, d.name, f.Name(), wire.Ladder(c, &f))
				}
			}
		}
	}
}

func TestAnAnswerThatIsNotAllInTheCaptureLeavesOpenWhetherARSTCutIt(t *testing.T) {
	play := stage()
	play.served()
	play.abort(wire.Down)
	for i := range play.Tape.Packets {
		snap(func(string) int { return 18 })(&play.Tape.Packets[i])
	}
	if f := wire.Explain(play.seen(t), play.w); f.Certain() || !slices.Contains(f.Candidates, "abort-after-response") || !slices.Contains(f.Candidates, "reset-mid-response") {
		t.Errorf("the cause is %s", f.Name())
	}
}

func TestAPacketLostByTheCaptureNeverMakesAnotherCauseCertain(t *testing.T) {
	for _, p := range pairs {
		for _, a := range []statement{p.fits, p.neighbour} {
			whole := a.play()
			for _, lost := range whole.Tape.Packets {
				play := a.play()
				play.lose(lost.Number)
				if len(play.Tape.Packets) == 0 {
					continue
				}
				c := conversationsOf(play.Tape.Packets)[0]
				f := wire.Explain(c, play.w)
				if f.Cause != "" && f.Certain() && f.Cause != a.cause {
					t.Errorf("%s, without packet #%d: %s is certain, want %q or candidates\n%s", a.field, lost.Number, f.Cause, a.cause, wire.Ladder(c, &f))
				}
			}
		}
	}
}

func TestACaptureOfRSTsAloneTellsNothing(t *testing.T) {
	play := stage()
	play.served()
	play.abort(wire.Down)
	play.Tape.Packets = play.Tape.Packets[len(play.Tape.Packets)-1:]
	if f := wire.Explain(play.seen(t), play.w); f.Cause != results.CauseUnknown || len(f.Evidence) == 0 {
		t.Errorf("the cause is %q, want unknown", f.Name())
	}
}

func TestMoreSegmentsThanAreKeptLeaveTheEndReadable(t *testing.T) {
	play := stage()
	for range 100 {
		play.served()
	}
	play.Fly(wire.Up, data, get)
	play.pass(0.5)
	play.Send(wire.Down, wire.FIN|wire.ACK, "")
	play.Ends[wire.Up].Heard--
	play.Reply(wire.Down)
	c := play.seen(t)
	if f := wire.Explain(c, play.w); c.Omitted == 0 || f.Cause != "close-race" || !f.Certain() {
		t.Errorf("%d segments were left out, and the cause is %s", c.Omitted, f.Name())
	}
}

// tcpOf is where the TCP header of a packet of a tape begins.
func tcpOf(p *wire.Packet) []byte { return p.Data[20:] }

// eachPacket changes each packet.
func eachPacket(change func(*wire.Packet)) func([]wire.Packet) []wire.Packet {
	return func(packets []wire.Packet) []wire.Packet {
		for i := range packets {
			change(&packets[i])
		}
		return packets
	}
}

// dropping leaves packets out.
func dropping(drop func(*wire.Packet) bool) func([]wire.Packet) []wire.Packet {
	return func(packets []wire.Packet) []wire.Packet {
		return slices.DeleteFunc(packets, func(p wire.Packet) bool { return drop(&p) })
	}
}

func bare(p *wire.Packet) bool {
	tcp := tcpOf(p)
	return wire.Flags(tcp[13]) == wire.ACK && len(tcp) == int(tcp[12]>>4)*4
}

func opening(p *wire.Packet) bool {
	return wire.Flags(tcpOf(p)[13]).Has(wire.SYN) || p.Number == 3
}

// snap keeps so many bytes of a packet's payload, if there is any.
func snap(keep func(payload string) int) func(*wire.Packet) {
	return func(p *wire.Packet) {
		tcp := tcpOf(p)
		if payload := tcp[tcp[12]>>4*4:]; len(payload) > 0 {
			p.Data = p.Data[:len(p.Data)-len(payload)+min(len(payload), keep(string(payload)))]
		}
	}
}

// heads is how long the head of a message is, or all of what has none.
func heads(payload string) int {
	if i := strings.Index(payload, "\r\n\r\n"); i >= 0 {
		return i + 4
	}
	return len(payload)
}

// twice gives each packet a second copy, as a capture on all interfaces does.
func twice(packets []wire.Packet) []wire.Packet {
	var all []wire.Packet
	for _, p := range packets {
		all = append(all, p, p)
	}
	for i := range all {
		all[i].Number = i + 1
	}
	return all
}

// toIPv6 gives a packet another IP header.
func toIPv6(p *wire.Packet) {
	ip := make([]byte, 40)
	ip[0], ip[6], ip[7] = 6<<4, 6, p.Data[8]
	binary.BigEndian.PutUint16(ip[4:], uint16(len(p.Data)-20))
	copy(ip[8+12:], p.Data[12:16])
	copy(ip[24+12:], p.Data[16:20])
	ip[8], ip[24] = 0xfd, 0xfd
	p.Data = append(ip, p.Data[20:]...)
	p.Length = len(p.Data)
}

// shift lets the sequence numbers of both sides wrap within the first request
// and the first answer.
func shift(p *wire.Packet) {
	tcp := tcpOf(p)
	up, down := uint32(1<<32-1020), uint32(1<<32-500_020)
	if binary.BigEndian.Uint16(tcp) == 80 {
		up, down = down, up
	}
	binary.BigEndian.PutUint32(tcp[4:], binary.BigEndian.Uint32(tcp[4:])+up)
	if wire.Flags(tcp[13]).Has(wire.ACK) {
		binary.BigEndian.PutUint32(tcp[8:], binary.BigEndian.Uint32(tcp[8:])+down)
	}
}
