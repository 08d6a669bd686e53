// Package faults says what goes wrong, as values: a [Fault] is an effect at a
// point, narrowed by a [Selector], with parameters. The same words serve the
// device, which misbehaves by itself, and the link, which interferes. The
// package opens no sockets; device and link carry the faults out.
//
// To add an effect, give it a line in [Effects] and one file in each package
// that can carry it out.
package faults

import "time"

// A Fault is one thing that goes wrong. Exactly one of Effect and Toxic is set.
// Its fields are its keys in scenarios.yaml.
type Fault struct {
	Effect   Effect `yaml:"effect" doc:"what happens"`
	Point    Point  `yaml:"point" doc:"where in a connection's life it happens"`
	Delay    Delay  `yaml:"delay" doc:"wait between point and effect; at idle: the idle time that triggers it; delay and stall: how long they hold (stall: 0 is for ever)"`
	Bytes    int64  `yaml:"bytes" min:"0" doc:"at response: bytes of the response's body that still pass"`
	Then     Then   `yaml:"then" doc:"half-close: how the connection ends right after its FIN, default: when the other side closes too; refuse: how open connections end, default: not"`
	Announce bool   `yaml:"announce" doc:"at after-response: say so with Connection: close (RFC 9112 section 9.6)"`
	Code     int    `yaml:"code" min:"200" max:"599" doc:"status: the status code answered"`

	Selector `yaml:",inline"`

	Toxic *Toxic `yaml:"-"`
}

// Then is how an effect goes on.
type Then string

// How an effect goes on.
const (
	ThenClose Then = "close"
	ThenReset Then = "reset"
)

// Names lists both, for suggestions.
func (Then) Names() []string { return []string{string(ThenClose), string(ThenReset)} }

// Side is who carries a fault out.
type Side string

// The two sides.
const (
	Device Side = "device"
	Link   Side = "link"
)

// An Effect is what a fault does. The table [Effects] says what each means.
type Effect string

// The effects.
const (
	Reset       Effect = "reset"
	Close       Effect = "close"
	HalfClose   Effect = "half-close"
	Drain       Effect = "drain"
	Stall       Effect = "stall"
	Refuse      Effect = "refuse"
	Hold        Effect = "delay"
	Truncate    Effect = "truncate"
	Status      Effect = "status"
	IgnoreClose Effect = "ignore-close"
)

// Names lists every effect, for suggestions.
func (Effect) Names() []string {
	return names(Effects, func(k Kind) string { return string(k.Effect) })
}

// A Point is where in the life of a connection a fault strikes. The table
// [Points] says what each means.
type Point string

// The points, in the order in which a connection meets them.
const (
	Connect       Point = "connect"
	BeforeForward Point = "before-forward"
	AfterForward  Point = "after-forward"
	Response      Point = "response"
	AfterResponse Point = "after-response"
	Idle          Point = "idle"
	OnFIN         Point = "on-fin"
)

// Names lists every point, for suggestions.
func (Point) Names() []string { return names(Points, func(k Place) string { return string(k.Point) }) }

// A Place is a line of [Points].
type Place struct {
	Point Point
	Doc   string
}

// Points lists every point. "Forwarding" is handing the request on: the link
// hands it to the device, the device hands it to what it controls.
var Points = []Place{
	{Connect, "a connection has been made (refuse: before it is made)"},
	{BeforeForward, "a whole request has arrived and is not handed on: it was not executed"},
	{AfterForward, "a whole request has been handed on and its answer is withheld: it was executed"},
	{Response, "the response's head and as many body bytes as the fault says have passed"},
	{AfterResponse, "a whole response has passed"},
	{Idle, "nothing has passed for as long as the fault's delay says, with no request open"},
	{OnFIN, "the device has closed its side"},
}

// A Kind is a line of [Effects]: an effect, what it does, and the points at
// which each side can carry it out. The first point is the default.
type Kind struct {
	Effect Effect
	Ends   bool // leaves the connection unusable
	Doc    string
	Device []Point
	Link   []Point
}

// Effects lists every effect.
var Effects = []Kind{
	{Reset, true, "end the connection with a RST on every leg (SO_LINGER 0, then close)",
		[]Point{AfterResponse, Connect, BeforeForward, AfterForward, Response, Idle},
		[]Point{AfterResponse, Connect, BeforeForward, AfterForward, Response, Idle, OnFIN}},
	{Close, true, "close the connection; the kernel answers what arrives later, or lies unread, with a RST",
		[]Point{AfterResponse, Connect, BeforeForward, AfterForward, Response, Idle},
		[]Point{AfterResponse, Connect, BeforeForward, AfterForward, Response, Idle, OnFIN}},
	{HalfClose, true, "send a FIN and read nothing more; then as its parameter then says",
		[]Point{AfterResponse, BeforeForward, AfterForward, Response, Idle},
		[]Point{AfterResponse, BeforeForward, AfterForward, Response, Idle}},
	{Drain, true, "lingering close: send a FIN, then discard what still arrives until the client closes; commands vanish without a RST",
		[]Point{AfterResponse, BeforeForward, AfterForward, Response, Idle}, nil},
	{Stall, false, "stop moving bytes in both directions without closing",
		[]Point{AfterForward, Connect, BeforeForward, Response, AfterResponse},
		[]Point{AfterForward, Connect, BeforeForward, Response, AfterResponse, Idle, OnFIN}},
	{Refuse, false, "nothing listens: new connections are refused (ECONNREFUSED); selected by its window only",
		[]Point{Connect}, []Point{Connect}},
	{Hold, false, "hold back what is passing for the delay, then go on",
		[]Point{AfterForward, Connect, BeforeForward, Response},
		[]Point{AfterForward, Connect, BeforeForward, Response, OnFIN}},
	{Truncate, true, "let the given bytes of the body pass, drop the rest and close in order (FIN)",
		[]Point{Response}, []Point{Response}},
	{Status, false, "answer with the given status code and do not execute",
		[]Point{BeforeForward}, nil},
	{IgnoreClose, false, "keep the connection open although the client asked for Connection: close",
		[]Point{AfterResponse}, nil},
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

// Ends lists when the windows of fs end, from the trial's start. From then on
// recovery is measured; a window that opens again and again has no end.
func Ends(fs []Fault) []time.Duration {
	var ends []time.Duration
	for _, f := range fs {
		if f.For > 0 && f.Every == 0 {
			ends = append(ends, f.From+f.For)
		}
	}
	return ends
}

func names[T any](table []T, name func(T) string) []string {
	all := make([]string, len(table))
	for i, line := range table {
		all[i] = name(line)
	}
	return all
}
