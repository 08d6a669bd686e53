package faults

// Then is how an effect goes on.
type Then string

// How an effect goes on.
const (
	ThenClose Then = "close"
	ThenReset Then = "reset"
)

// Names lists both, for suggestions.
func (Then) Names() []string { return []string{string(ThenClose), string(ThenReset)} }

// An H2Error is an error code of HTTP/2 (RFC 9113 section 7).
type H2Error string

// The error codes that the field meets.
const (
	NoError          H2Error = "NO_ERROR"
	InternalError    H2Error = "INTERNAL_ERROR"
	RefusedStream    H2Error = "REFUSED_STREAM"
	Cancel           H2Error = "CANCEL"
	EnhanceYourCalm  H2Error = "ENHANCE_YOUR_CALM"
	HTTP11Required   H2Error = "HTTP_1_1_REQUIRED"
	ProtocolError    H2Error = "PROTOCOL_ERROR"
	FlowControlError H2Error = "FLOW_CONTROL_ERROR"
)

// Codes are the numbers of the error codes on the wire.
var Codes = map[H2Error]uint32{
	NoError: 0x0, ProtocolError: 0x1, InternalError: 0x2, FlowControlError: 0x3, RefusedStream: 0x7, Cancel: 0x8,
	EnhanceYourCalm: 0xb, HTTP11Required: 0xd,
}

// Names lists every code, for suggestions.
func (H2Error) Names() []string {
	return words(NoError, InternalError, RefusedStream, Cancel, EnhanceYourCalm, HTTP11Required, ProtocolError, FlowControlError)
}

// Last says which stream a GOAWAY names as the last one processed.
type Last string

// Where the last stream id stands.
const (
	Below Last = "below" // the request's stream is above it: it was not processed
	At    Last = "at"    // the request's stream is the last: it may have been processed
)

// Names lists both, for suggestions.
func (Last) Names() []string { return words(Below, At) }

// A Form is a way to break HTTP's rules.
type Form string

// The forms.
const (
	BadChunk    Form = "bad-chunk"     // a chunk size that is no number
	NoLastChunk Form = "no-last-chunk" // the connection ends in order before the last chunk
	TwoLengths  Form = "two-lengths"   // Content-Length twice, with different values (RFC 9112 section 6.3)
	HugeHead    Form = "huge-head"     // a field of 1 MiB
	BadStatus   Form = "bad-status"    // a status line that is none
	HTTP10      Form = "http-1.0"      // an answer of HTTP/1.0, delimited by the close alone
)

// Names lists every form, for suggestions.
func (Form) Names() []string {
	return words(BadChunk, NoLastChunk, TwoLengths, HugeHead, BadStatus, HTTP10)
}

// A Segment is a kind of TCP segment.
type Segment string

// The kinds. A segment can be of several.
const (
	SYN  Segment = "syn"  // it carries SYN
	FIN  Segment = "fin"  // it carries FIN
	RST  Segment = "rst"  // it carries RST
	Data Segment = "data" // it has a payload
	Ack  Segment = "ack"  // it does nothing but acknowledge
)

// Names lists every kind, for suggestions.
func (Segment) Names() []string { return words(SYN, FIN, RST, Data, Ack) }

// A Layer is what a connection must speak for an effect to make sense.
type Layer string

// The layers.
const (
	HTTP1 Layer = "HTTP/1"
	HTTP2 Layer = "HTTP/2"
	TLS   Layer = "TLS"
)

// A Need is what a machine must allow for an effect to be carried out.
type Need string

// The needs.
const (
	Linux   Need = "linux"   // the Linux kernel; no privilege
	Filter  Need = "filter"  // a filter on a TCP socket: some kernels give it to anyone, others to CAP_NET_ADMIN only
	Admin   Need = "admin"   // CAP_NET_ADMIN: as root, or in a private network
	Network Need = "network" // a private network namespace
	Packets Need = "packets" // the same, and a TUN device in it
)

// Names lists every need, for suggestions.
func (Need) Names() []string { return words(Linux, Filter, Admin, Network, Packets) }

func words[T ~string](all ...T) []string {
	return names(all, func(w T) string { return string(w) })
}
