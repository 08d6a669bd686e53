package faults

import "slices"

// An Effect is what a fault does. The table [Effects] says what each means.
type Effect string

// The effects.
const (
	Reset       Effect = "reset"
	Close       Effect = "close"
	HalfClose   Effect = "half-close"
	Drain       Effect = "drain"
	Stall       Effect = "stall"
	BlackHole   Effect = "black-hole"
	Vanish      Effect = "vanish"
	Refuse      Effect = "refuse"
	DropSYN     Effect = "drop-syn"
	Hold        Effect = "delay"
	Truncate    Effect = "truncate"
	Status      Effect = "status"
	IgnoreClose Effect = "ignore-close"
	Crash       Effect = "crash"
	Exit        Effect = "exit"
	Garbage     Effect = "garbage"
	Unsolicited Effect = "unsolicited"
	Malform     Effect = "malform"
	Dribble     Effect = "dribble"
	Alert       Effect = "alert"
	GoAway      Effect = "goaway"
	RSTStream   Effect = "rst-stream"
	Drop        Effect = "drop"
	Duplicate   Effect = "duplicate"
	Reorder     Effect = "reorder"
	Corrupt     Effect = "corrupt"
	Reject      Effect = "reject"
	Inject      Effect = "inject"
)

// Names lists every effect, for suggestions.
func (Effect) Names() []string {
	return names(Effects, func(k Kind) string { return string(k.Effect) })
}

// A Kind is a line of [Effects]: an effect, what it does, and the points at
// which each side can carry it out. The first point is the default.
type Kind struct {
	Effect Effect
	Ends   bool // leaves the connection unusable
	Doc    string
	Device []Point
	Link   []Point
	Over   Layer // what the connection must speak; empty is anything
	Needs  Need  // what the machine must allow; empty is nothing
}

// Points at which a connection can be ended, or bent, on either side.
var (
	deviceEnds = []Point{AfterResponse, Connect, Handshake, Request, BeforeForward, AfterForward, Response, Idle}
	linkEnds   = []Point{AfterResponse, Connect, Handshake, Request, BeforeForward, AfterForward, Response, Idle, OnFIN}
	answering  = []Point{AfterResponse, BeforeForward, AfterForward, Response, Idle}
	packets    = []Point{Packet}
)

// Effects lists every effect.
var Effects = []Kind{
	{Effect: Reset, Ends: true, Doc: "end the connection with a RST on every leg (SO_LINGER 0, then close)",
		Device: deviceEnds, Link: linkEnds},
	{Effect: Close, Ends: true, Doc: "close the connection; the kernel answers what arrives later, or lies unread, with a RST (TLS: without close_notify)",
		Device: deviceEnds, Link: linkEnds},
	{Effect: HalfClose, Ends: true, Doc: "send a FIN and read nothing more; then as its parameter then says",
		Device: answering, Link: answering},
	{Effect: Drain, Ends: true, Doc: "lingering close: send a FIN, then discard what still arrives until the client closes or has been silent for long; commands vanish without a RST",
		Device: answering, Link: answering},
	{Effect: Stall, Doc: "stop moving bytes in both directions without closing; the kernel still acknowledges",
		Device: []Point{AfterForward, Connect, Handshake, Request, BeforeForward, Response, AfterResponse},
		Link:   []Point{AfterForward, Connect, Handshake, Request, BeforeForward, Response, AfterResponse, Idle, OnFIN}},
	{Effect: BlackHole, Doc: "nothing that arrives on this connection is acknowledged any more, by a socket filter; after its delay it heals", Needs: Filter,
		Device: []Point{AfterResponse, Connect, Request, BeforeForward, AfterForward, Response, Idle},
		Link:   []Point{AfterResponse, Connect, Request, BeforeForward, AfterForward, Response, Idle}},
	{Effect: Vanish, Ends: true, Doc: "forget the connection without a FIN or a RST, as after a reboot: the next segment is answered with a RST (TCP_REPAIR)", Needs: Admin,
		Device: answering, Link: answering},
	{Effect: Refuse, Doc: "nothing listens: new connections are refused (ECONNREFUSED); selected by its window only",
		Device: []Point{Connect}, Link: []Point{Connect}},
	{Effect: DropSYN, Doc: "the accept queue is full: SYNs are dropped and clients wait; selected by its window only", Needs: Linux,
		Device: []Point{Connect}, Link: []Point{Connect}},
	{Effect: Hold, Doc: "hold back what is passing for the delay, then go on; at passage: bytes, FIN and RST alike, in order, as a long way does",
		Device: []Point{AfterForward, Connect, Handshake, Request, BeforeForward, Response},
		Link:   []Point{AfterForward, Connect, Handshake, Request, BeforeForward, Response, OnFIN, Passage, Packet}},
	{Effect: Truncate, Ends: true, Doc: "let the given bytes of the body pass, drop the rest and close in order (FIN)",
		Device: []Point{Response}, Link: []Point{Response}},
	{Effect: Status, Doc: "answer with the given status code and do not execute; at idle: send it unasked and close, as 408 does",
		Device: []Point{BeforeForward, Idle}, Link: []Point{BeforeForward}},
	{Effect: IgnoreClose, Doc: "keep the connection open although the client asked for Connection: close", Over: HTTP1,
		Device: []Point{AfterResponse}},
	{Effect: Crash, Ends: true, Doc: "the device's process is killed (SIGKILL), with every connection; after down it is started again on the same port",
		Device: deviceEnds},
	{Effect: Exit, Ends: true, Doc: "the device's process exits without closing anything; after down it is started again on the same port",
		Device: deviceEnds},
	{Effect: Garbage, Doc: "send bytes that are no HTTP: in place of the answer, or unasked", Over: HTTP1,
		Device: []Point{AfterForward, Connect, BeforeForward, AfterResponse, Idle}, Link: []Point{AfterForward, Connect, AfterResponse, Idle}},
	{Effect: Unsolicited, Doc: "send a whole answer that nobody asked for", Over: HTTP1,
		Device: []Point{AfterResponse, Connect, Idle}, Link: []Point{AfterResponse, Connect, Idle}},
	{Effect: Malform, Doc: "answer against HTTP's rules, as form says", Over: HTTP1,
		Device: []Point{Response}},
	{Effect: Dribble, Doc: "send the answer's head byte by byte, its delay between two of them", Over: HTTP1,
		Device: []Point{Response}},
	{Effect: Alert, Ends: true, Doc: "answer the handshake with a fatal TLS alert and close", Over: TLS,
		Device: []Point{Handshake}},
	{Effect: GoAway, Ends: true, Doc: "send GOAWAY (RFC 9113 section 6.8), then close once open streams are done", Over: HTTP2,
		Device: []Point{BeforeForward, AfterForward, AfterResponse, Idle}},
	{Effect: RSTStream, Doc: "reset the request's stream (RFC 9113 section 6.4); the connection stays", Over: HTTP2,
		Device: []Point{BeforeForward, AfterForward, Response}},
	{Effect: Drop, Doc: "lose the packet", Needs: Packets, Link: packets},
	{Effect: Duplicate, Doc: "deliver the packet twice", Needs: Packets, Link: packets},
	{Effect: Reorder, Doc: "deliver the packet after the next one of its direction", Needs: Packets, Link: packets},
	{Effect: Corrupt, Doc: "flip a bit of the packet's payload, or of its TCP header if it has none: the checksum no longer fits", Needs: Packets, Link: packets},
	{Effect: Reject, Doc: "lose the packet and answer its sender with a RST of a foreign TTL, as a packet filter does", Needs: Packets, Link: packets},
	{Effect: Inject, Doc: "let the packet pass and send a forged RST of a foreign TTL behind it", Needs: Packets, Link: packets},
}

// Ends reports whether e leaves the connection unusable.
func (e Effect) Ends() bool { return e.kind().Ends }

// On lists the points at which side s can carry the effect out, the default
// first; none if it can't.
func (k Kind) On(s Side) []Point {
	if s == Device {
		return k.Device
	}
	return k.Link
}

func (e Effect) kind() Kind {
	i := slices.IndexFunc(Effects, func(k Kind) bool { return k.Effect == e })
	if i < 0 {
		return Kind{}
	}
	return Effects[i]
}
