// Package faults says what goes wrong, as values: a [Fault] is an effect at a
// point, narrowed by a [Selector], with parameters. The same words serve the
// device, which misbehaves by itself, and the link, which interferes. The
// package opens no sockets; device, link and packet carry the faults out.
//
// To add an effect, give it a line in [Effects] and one file in each package
// that can carry it out.
package faults

import "time"

// A Fault is one thing that goes wrong. Exactly one of Effect and Toxic is set.
// Its fields are its keys in scenarios.yaml.
type Fault struct {
	Effect     Effect    `yaml:"effect" doc:"what happens"`
	Point      Point     `yaml:"point" doc:"where in a connection's life it happens"`
	Delay      Delay     `yaml:"delay" doc:"wait between point and effect; at idle: the idle time that triggers it; delay, stall and black-hole: how long they hold (stall, black-hole: 0 is for ever); dribble: between two bytes"`
	Bytes      int64     `yaml:"bytes" min:"0" max:"1073741824" doc:"at request and response: bytes of the body that still pass"`
	Then       Then      `yaml:"then" doc:"half-close: how the connection ends right after its FIN, default: when the other side closes too; refuse: how open connections end, default: not; drop-syn: reset answers what can't be queued with a RST"`
	Announce   bool      `yaml:"announce" doc:"at after-response: say so with Connection: close (RFC 9112 section 9.6)"`
	Code       int       `yaml:"code" min:"0" max:"599" doc:"status: the status code answered; alert: the TLS alert's description (RFC 8446 section 6)"`
	RetryAfter int       `yaml:"retry_after" min:"0" max:"86400" doc:"status: seconds in a Retry-After field (RFC 9110 section 10.2.3); 0 sends none" zero:"sends none"`
	Error      H2Error   `yaml:"error" doc:"goaway and rst-stream: the HTTP/2 error code"`
	Last       Last      `yaml:"last" doc:"goaway: whether the last stream id it names is below the request's (not processed, safe to resend) or at it"`
	Form       Form      `yaml:"form" doc:"malform: what is wrong with the answer"`
	Down       Delay     `yaml:"down" doc:"crash and exit: how long until the process is started again"`
	Stream     Stream    `yaml:"stream" doc:"at passage and packet: the direction, default both"`
	Segments   []Segment `yaml:"segments" doc:"at packet: the kinds of TCP segment, default all"`

	Selector `yaml:",inline"`

	Toxic *Toxic `yaml:"-"`
}

// Side is who carries a fault out.
type Side string

// The two sides.
const (
	Device Side = "device"
	Link   Side = "link"
)

// A Point is where in the life of a connection a fault strikes. The table
// [Points] says what each means.
type Point string

// The points, in the order in which a connection meets them.
const (
	Connect       Point = "connect"
	Handshake     Point = "handshake"
	Request       Point = "request"
	BeforeForward Point = "before-forward"
	AfterForward  Point = "after-forward"
	Response      Point = "response"
	AfterResponse Point = "after-response"
	Idle          Point = "idle"
	OnFIN         Point = "on-fin"
	Passage       Point = "passage"
	Packet        Point = "packet"
)

// Names lists every point, for suggestions.
func (Point) Names() []string { return names(Points, func(k Place) string { return string(k.Point) }) }

// ResetCause is the row of the reset catalogue that a RST sent by will at p
// amounts to for the client; empty where that is a matter of what has passed.
func (p Point) ResetCause() string {
	for _, place := range Points {
		if place.Point == p {
			return place.Reset
		}
	}
	return ""
}

// A Place is a line of [Points].
type Place struct {
	Point Point
	Doc   string
	Reset string // see [Point.ResetCause]
}

// Points lists every point. "Forwarding" is handing the request on: the link
// hands it to the device, the device hands it to what it controls.
var Points = []Place{
	{Connect, "a connection has been made (refuse, drop-syn: before it is made)", "defence-reset"},
	{Handshake, "the client's first TLS message has arrived and is not answered", "tls-abort"},
	{Request, "the request's head and as many body bytes as the fault says have arrived", "reset-before-response"},
	{BeforeForward, "a whole request has arrived and is not handed on: it was not executed", "reset-before-response"},
	{AfterForward, "a whole request has been handed on and its answer is withheld: it was executed", "reset-before-response"},
	{Response, "the response's head and as many body bytes as the fault says have passed", "reset-mid-response"},
	{AfterResponse, "a whole response has passed", "abort-after-response"},
	{Idle, "nothing has passed for as long as the fault's delay says, with no request open", "abort-after-response"},
	{OnFIN, "the device has closed its side", ""},
	{Passage, "anything passes: bytes, a FIN, a RST", ""},
	{Packet, "an IP packet passes between the client and the link", ""},
}

// Ends lists when the windows of fs end, from the trial's start. From then on
// recovery is measured; a window that opens again and again has no end.
func Ends(fs []Fault) []time.Duration {
	var ends []time.Duration
	for i := range fs {
		if w := fs[i].window(); w.For > 0 && w.Every == 0 {
			ends = append(ends, w.From+w.For)
		}
	}
	return ends
}

// window is when f is on, be it an effect or a toxic.
func (f *Fault) window() *Window {
	if f.Toxic != nil {
		return &f.Toxic.Window
	}
	return &f.Window
}

func names[T any](table []T, name func(T) string) []string {
	all := make([]string, len(table))
	for i, line := range table {
		all[i] = name(line)
	}
	return all
}
