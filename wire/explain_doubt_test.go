package wire_test

import (
	"slices"
	"strings"
	"testing"

	"rstorm/wire"
	"rstorm/wire/wiretest"
)

// murmur is a record of TLS that is too short for an answer, as that of
// HTTP/2's RST_STREAM is.
var murmur = "\x17\x03\x03\x00\x1e" + strings.Repeat("x", 0x1e)

// doubtful are fields that more than one cause fits: the likeliest, one of those
// that must stand beside it, and what the evidence must say.
var doubtful = []struct {
	field, cause, beside, says string
	play                       func() *play
}{
	{"a client that closes on a FIN that the capture lacks", "client-abort", "close-race", "whose FIN may be missing", func() *play {
		p := stage()
		p.served()
		p.Fly(wire.Up, data, get)
		p.Send(wire.Down, wire.FIN|wire.ACK, "")
		p.lose(len(p.Tape.Packets))
		p.Send(wire.Up, wire.FIN|wire.ACK, "")
		p.Send(wire.Down, wire.ACK, "")
		return p
	}},
	{"a connection of which the SYN,ACK and the answer with the FIN behind it were not captured", "unknown-connection", "stale-reuse", "FIN may be missing", func() *play {
		p := stage()
		p.served()
		p.Send(wire.Down, wire.FIN|wire.ACK, "")
		p.asked()
		p.Reply(wire.Down)
		p.lose(2)
		p.lose(5)
		p.lose(6)
		return p
	}},
	{"a RST that answers what the capture lacks", "abort-after-response", "stale-reuse", "lacks what the RST answers", func() *play {
		p := stage()
		p.served()
		p.Send(wire.Down, wire.FIN|wire.ACK, "")
		p.asked()
		p.lose(len(p.Tape.Packets))
		p.Reply(wire.Down)
		return p
	}},
	{"an acknowledgement of a request that the capture lacks, as the SYN,ACK", "", "", "", func() *play {
		p := stage()
		p.served()
		p.lose(2)
		p.lose(3)
		p.lose(4)
		return p
	}},
	{"a request that nobody acknowledges while the server repeats its last answer", "unacknowledged", "network-outage", "2 more times", func() *play {
		p := stage()
		p.served()
		p.Fly(wire.Up, data, get)
		for range 2 {
			p.again(wire.Up, get, 1)
			p.stutter(ok)
			p.Fly(wire.Up, wire.ACK, "")
		}
		p.abort(wire.Up)
		return p
	}},
	{"a FIN that the client repeats in vain until it resets", "unacknowledged", "firewall-drop", "3 more times", func() *play {
		p := stage()
		p.served()
		p.Fly(wire.Up, wire.FIN|wire.ACK, "")
		e := &p.Ends[wire.Up]
		for range 3 {
			p.pass(300)
			p.Put(wiretest.Segment{Way: wire.Up, Flags: wire.FIN | wire.ACK, Seq: e.Next - 1, Ack: e.Heard, Window: 502, Options: true})
		}
		p.abort(wire.Up)
		return p
	}},
	{"a server that resets as nobody answers its keep-alive probes", "unacknowledged", "network-outage", "4 more times", func() *play {
		p := stage()
		p.served()
		p.Send(wire.Up, wire.ACK, "")
		e := &p.Ends[wire.Down]
		for range 4 {
			p.pass(75_000)
			p.Put(wiretest.Segment{Way: wire.Down, Flags: wire.ACK, Seq: e.Next - 1, Ack: e.Heard, Window: 502, Options: true})
		}
		p.abort(wire.Down)
		return p
	}},
	{"a client that gives up before its request is acknowledged", "client-abort", "unacknowledged", "had not acknowledged it either", func() *play {
		p := stage()
		p.served()
		p.Fly(wire.Up, data, get)
		p.pass(100)
		p.abort(wire.Up)
		return p
	}},
	{"a client that gives up on a connection that the server never spoke on", "client-abort", "connection-limit", "may have waited in a queue", func() *play {
		p := stage()
		p.asked()
		p.Send(wire.Down, wire.ACK, "")
		p.pass(100)
		p.Send(wire.Up, wire.FIN|wire.ACK, "")
		p.Send(wire.Down, wire.FIN|wire.ACK, "")
		return p
	}},
	{"a RST that answers a SYN", "refused", "network-outage", "or the way is gone", func() *play {
		p := raise()
		p.Send(wire.Up, wire.SYN, "")
		p.abort(wire.Down)
		return p
	}},
	{"a RST in place of an answer to a PUT", "close-collision", "unread-data", "has content as a rule", func() *play {
		p := stage()
		p.served()
		p.Send(wire.Up, data, put+strings.Repeat("x", 4000))
		p.abort(wire.Down)
		return p
	}},
	{"an answer that ends before its length", "crash-mid-response", "protocol-error", "announces another length", func() *play {
		p := stage()
		p.w.Foreign = true
		p.asked()
		p.Send(wire.Down, data, half)
		p.Send(wire.Down, wire.FIN|wire.ACK, "")
		return p
	}},
	{"a status 408 that nobody asked for", "protocol-error", "idle-timeout-race", "its idle timeout fired", func() *play {
		p := stage()
		p.served()
		p.Send(wire.Down, data, "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n")
		p.Send(wire.Down, wire.FIN|wire.ACK, "")
		return p
	}},
	{"a murmur over TLS in place of an answer", "client-abort", "h2-rst-stream", "may have said in HTTP/2", func() *play {
		p := secured()
		p.Send(wire.Up, data, application)
		p.Send(wire.Down, data, application)
		p.Send(wire.Up, data, application)
		p.Send(wire.Down, data, murmur)
		p.Send(wire.Up, wire.FIN|wire.ACK, "")
		p.Send(wire.Down, wire.FIN|wire.ACK, "")
		return p
	}},
	{"a half-closed connection of a server of which nothing is known", "half-close", "stale-reuse", "a proxy", func() *play {
		p := stage()
		p.w.Foreign = true
		p.served()
		p.Send(wire.Down, wire.FIN|wire.ACK, "")
		p.asked()
		p.Send(wire.Down, wire.ACK, "")
		return p
	}},
	{"a close after the longest pause so far", "stale-reuse", "idle-timeout-race", "longer than any pause before", func() *play {
		p := stage()
		p.w.Foreign = true
		p.served()
		p.served()
		p.pass(30)
		p.Send(wire.Down, wire.FIN|wire.ACK, "")
		p.pass(10)
		p.asked()
		p.Reply(wire.Down)
		return p
	}},
	{"a RST after an answer to a request of several segments, which the client's FIN met", "abort-after-response", "unread-data", "may have lain unread", func() *play {
		p := stage()
		p.Send(wire.Up, data, put)
		p.Send(wire.Up, data, strings.Repeat("x", 4000))
		p.Send(wire.Down, data, ok)
		p.Send(wire.Up, wire.FIN|wire.ACK, "")
		p.abort(wire.Down)
		return p
	}},
	{"a RST after an answer of a server of which nothing is known", "abort-after-response", "network-outage", "a proxy", func() *play {
		p := stage()
		p.w.Foreign = true
		p.served()
		p.abort(wire.Down)
		return p
	}},
}

// stutter repeats the server's last answer.
func (p *play) stutter(text string) {
	e := &p.Ends[wire.Down]
	p.Put(wiretest.Segment{Way: wire.Down, Flags: data, Seq: e.Next - int64(len(text)), Ack: e.Heard, Payload: text, Window: 502, Options: true})
}

func TestWhatSeveralCausesFitIsNeverCertain(t *testing.T) {
	for _, d := range doubtful {
		p := d.play()
		c := p.seen(t)
		f := wire.Explain(c, p.w)
		if f.Cause != d.cause || d.beside != "" && !slices.Contains(f.Candidates, d.beside) || !says(f.Evidence, d.says) {
			t.Errorf("%s: %s, want %s or %s, and %q\n%s", d.field, f.Name(), d.cause, d.beside, d.says, wire.Ladder(c, &f))
		}
	}
}

func TestARSTThatEndsNothingHitsNothing(t *testing.T) {
	challenged := func() *play {
		p := raise()
		p.Send(wire.Up, wire.SYN, "")
		e := &p.Ends[wire.Up]
		p.Put(wiretest.Segment{Way: wire.Down, Flags: wire.ACK, Seq: 50_000, Ack: 60_000_000, Window: 502})
		p.Put(wiretest.Segment{Way: wire.Up, Flags: wire.RST, Seq: 60_000_000})
		p.pass(10)
		p.Put(wiretest.Segment{Way: wire.Up, Flags: wire.SYN, Seq: e.Next - 1, Window: 502, Options: true})
		p.Send(wire.Down, wire.SYN|wire.ACK, "")
		p.Send(wire.Up, wire.ACK, "")
		p.served()
		return p
	}
	ignored := func() *play {
		p := stage()
		p.served()
		p.Put(wiretest.Segment{Way: wire.Down, Flags: wire.RST, Seq: 900_000})
		p.served()
		p.served()
		return p
	}
	for _, tt := range []struct {
		field, name, says string
		play              func() *play
	}{
		{"a client that calls again after a challenge", "port-reuse", "called once more", challenged},
		{"a RST with a wild number that the client does not obey", "firewall-reject or port-reuse", "ended nothing", ignored},
	} {
		p := tt.play()
		c := p.seen(t)
		if f := wire.Explain(c, p.w); f.Name() != tt.name || f.Phase != "done" || !says(f.Evidence, tt.says) {
			t.Errorf("%s: %s in phase %s, want %s\n%s", tt.field, f.Name(), f.Phase, tt.name, wire.Ladder(c, &f))
		}
	}
}

func TestARequestCutBySnapLengthAndAnsweredByAFINIsLost(t *testing.T) {
	p := stage()
	p.asked()
	p.pass(5)
	p.Send(wire.Down, wire.FIN|wire.ACK, "")
	p.Send(wire.Up, wire.FIN|wire.ACK, "")
	for i := range p.Tape.Packets {
		p.Tape.Packets[i].Data = p.Tape.Packets[i].Data[:min(len(p.Tape.Packets[i].Data), 64)]
	}
	c := p.seen(t)
	if f := wire.Explain(c, p.w); !slices.Contains(f.Candidates, "crash-before-response") || wire.Undecided(c, p.w) {
		t.Errorf("%s\n%s", f.Name(), wire.Ladder(c, &f))
	}
}

func TestWhatTheCaptureLacksIsUndecided(t *testing.T) {
	p := stage()
	p.asked()
	p.Send(wire.Down, data, ok)
	p.Send(wire.Up, wire.ACK, "")
	p.Send(wire.Down, wire.FIN|wire.ACK, "")
	p.Send(wire.Up, wire.FIN|wire.ACK, "")
	p.lose(5)
	c := p.seen(t)
	if f := wire.Explain(c, p.w); f.Cause != "" || !wire.Undecided(c, p.w) {
		t.Errorf("%s\n%s", f.Name(), wire.Ladder(c, &f))
	}
}

func TestATLSServerThatClosesWithoutAGoodbyeIsCurt(t *testing.T) {
	for _, tt := range []struct {
		last string
		want bool
	}{{application, true}, {alert, false}, {murmur, false}} {
		p := secured()
		p.Send(wire.Up, data, application)
		p.Send(wire.Down, data, application)
		p.Send(wire.Down, data, tt.last)
		p.Send(wire.Down, wire.FIN|wire.ACK, "")
		p.Send(wire.Up, wire.FIN|wire.ACK, "")
		if got := wire.Curt(p.seen(t)); got != tt.want {
			t.Errorf("after %q it is %v", tt.last, got)
		}
	}
}

// A client's goodbye that is sent once more before the server's RST comes is no
// silence.
func TestAServerThatResetsIsNotSilent(t *testing.T) {
	p := secured()
	p.Send(wire.Up, data, application)
	p.Send(wire.Down, data, application)
	p.Fly(wire.Up, data, murmur)
	p.again(wire.Up, murmur, 1)
	p.Fly(wire.Up, wire.FIN|wire.ACK, "")
	p.Reply(wire.Down)
	c := p.seen(t)
	if f := wire.Explain(c, p.w); slices.Contains(append(f.Candidates, f.Cause), "unacknowledged") {
		t.Errorf("%s\n%s", f.Name(), wire.Ladder(c, &f))
	}
}

func TestManyRequestsWithoutAnAnswerAreNoReuse(t *testing.T) {
	p := stage()
	for range 40 {
		p.Send(wire.Up, data, get)
	}
	p.abort(wire.Down)
	c := p.seen(t)
	if f := wire.Explain(c, p.w); f.Cause != "reset-before-response" || !says(f.Evidence, "of its 40 requests only the last ones are kept") {
		t.Errorf("%s\n%s", f.Name(), wire.Ladder(c, &f))
	}
}

func TestTooMuchIsTooMuchAlsoIfTheClientClosesFirst(t *testing.T) {
	p := stage()
	p.Send(wire.Up, data, put+strings.Repeat("x", 4000))
	p.Send(wire.Down, data, tooMuch)
	p.Send(wire.Up, wire.FIN|wire.ACK, "")
	p.abort(wire.Down)
	c := p.seen(t)
	if f := wire.Explain(c, p.w); f.Name() != "request-too-large" || f.Origin != "device" {
		t.Errorf("%s by %s\n%s", f.Name(), f.Origin, wire.Ladder(c, &f))
	}
}

func TestAPauseAsLongAsOneBeforeIsNoIdleTimeout(t *testing.T) {
	p := stage()
	p.w.Foreign = true
	p.served()
	p.pass(50)
	p.served()
	p.Send(wire.Down, wire.FIN|wire.ACK, "")
	p.asked()
	p.Reply(wire.Down)
	if f := wire.Explain(p.seen(t), p.w); f.Name() != "stale-reuse" {
		t.Error(f.Name())
	}
}

func TestWhatTheCaptureEndsBeforeIsUndecided(t *testing.T) {
	for _, tt := range []struct {
		field string
		play  func() *play
		want  bool
	}{
		{"a SYN", func() *play { p := raise(); p.Send(wire.Up, wire.SYN, ""); return p }, true},
		{"a SYN with an answer", func() *play { return stage() }, true},
		{"a request", func() *play { p := stage(); p.asked(); return p }, true},
		{"a part of an answer", func() *play { p := stage(); p.asked(); p.Send(wire.Down, data, half); return p }, true},
		{"a TLS handshake", func() *play { p := stage(); p.Send(wire.Up, data, clientHello); return p }, true},
		{"an answer", func() *play { p := stage(); p.served(); return p }, false},
		{"a second request", func() *play { p := stage(); p.served(); p.asked(); return p }, true},
		{"a connection that was closed", func() *play {
			p := stage()
			p.asked()
			p.Send(wire.Up, wire.FIN|wire.ACK, "")
			p.Send(wire.Down, wire.FIN|wire.ACK, "")
			return p
		}, false},
	} {
		p := tt.play()
		if got := wire.Undecided(p.seen(t), p.w); got != tt.want {
			t.Errorf("%s: undecided is %v", tt.field, got)
		}
	}
}
