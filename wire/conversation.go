package wire

import (
	"net/netip"
	"slices"
	"time"
)

// A Way is a direction within a conversation.
type Way uint8

// The ways. They index [Conversation.Sides].
const (
	Up   Way = iota // from the client to the server
	Down            // from the server to the client
)

// A Protocol is what a conversation's payload was recognised as.
type Protocol string

// The protocols. The zero value is none that is known.
const (
	HTTP  Protocol = "http" // HTTP/1
	HTTP2 Protocol = "h2"   // HTTP/2 with prior knowledge, in the clear
	TLS   Protocol = "tls"
)

// A Conversation is one TCP connection, as far as a capture tells of it. A
// connection that uses the ports of an older one is another conversation.
type Conversation struct {
	Number         int            // from 0, in the order of first packets, as Wireshark's tcp.stream
	Client, Server netip.AddrPort // who called whom; see Midstream
	Midstream      bool           // no SYN of it was captured: who called is inferred
	Cut            bool           // its end is that of the capture, or it was given up for want of memory
	Began, Ended   int64          // of its first and last packet, in nanoseconds since 1970
	State          string         // how it went, in the words of Zeek's conn_state: S0, S1, SF, REJ, S2, S3, RSTO, RSTR, RSTOS0, RSTRH, SH, SHR, OTH
	Protocol       Protocol
	Sides          [2]Side // what each side sent, by Way

	Shuffled int // segments that stand behind one that acknowledges them, or behind the RST that followed them: the capture's order is not that on the wire

	Events  []Event // its segments in the order captured: the first ones, and the last ones
	Head    int     // how many of Events come before those that were left out
	Omitted int     // events left out between Events[Head-1] and Events[Head]

	Exchanges []Exchange // the last ones, in order; none if the protocol hides them
	Exchanged int        // how many there were in all

	Handshake int    // TLS: packet in which the server's or client's first application data shows that it was over; 0 if it never was
	Goodbye   string // HTTP/2: "goaway" or "rst-stream" of the server, whichever came last; empty if neither did
}

// Clone is a copy of c that shares no memory with it that could change.
func (c *Conversation) Clone() *Conversation {
	copied := *c
	copied.Events, copied.Exchanges = slices.Clone(c.Events), slices.Clone(c.Exchanges)
	return &copied
}

// A Side is what one end of a conversation sent.
type Side struct {
	Packets    int
	Bytes      int64 // of payload, as the packets have it: what was sent twice counts twice
	Wire       int64 // bytes of its packets on the wire, link header included
	FINs       int   // segments with FIN, repeats included
	Resets     int   // segments with RST
	Repeats    int   // segments that bring no new byte: sent again, or captured twice
	Duplicates int   // of these, those captured twice
	Missing    int64 // bytes of payload that must have been sent and are not in the capture
	Sent       int64 // highest relative sequence number after payload and FIN; 1 after a SYN alone
	Acked      int64 // of Sent, how much the other end has acknowledged
	TTL        uint8 // of its last segment without RST; 0 if there was none
	FIN        Mark  // its first FIN
	Reset      Mark  // its first RST
}

// A Mark is where in a capture something first stands. Its zero value says
// nowhere.
type Mark struct {
	Packet int   // number; 0 if it never came
	At     int64 // nanoseconds since 1970
	Seq    int64 // relative sequence number of what it marks
	Ack    int64 // relative number it acknowledged; -1 if it acknowledged nothing
}

// An Event is one segment of a conversation. Its numbers are relative to the
// first one of each side: a SYN has 0, the first byte of payload 1.
type Event struct {
	Packet  int
	At      int64 // nanoseconds since 1970
	Way     Way
	Flags   Flags
	TTL     uint8
	ID      uint16
	Window  uint16
	Options bool
	Repeat  Repeat
	Length  int // bytes of payload on the wire
	Seq     int64
	Ack     int64  // -1 if it acknowledges nothing
	Says    string // first line of an HTTP message, or name of a TLS or HTTP/2 message, that begins in it; printable, at most 100 bytes
}

// A Repeat says whether a segment brings what another brought before.
type Repeat uint8

// The repeats.
const (
	Fresh      Repeat = iota
	SentAgain         // a retransmission, or a keep-alive probe
	SeenAgain         // the same packet, captured twice
	OutOfOrder        // it fills a gap that later segments left
)

// An Exchange is an HTTP/1 request and its response, as far as they were seen.
type Exchange struct {
	Number  int    // from 1, on its connection
	Method  string // printable; empty if the request was not seen
	Target  string // request target, printable, at most 200 bytes
	Command string // its command's id: the value of results.IDHeader, else of the query parameter results.IDParameter; empty if there is neither

	Request, Response Message
	Status            int           // of the final response; 0 if no head was seen
	Announced         bool          // the response, or the request, says that the connection will be closed (RFC 9112 section 9.6)
	Idle              time.Duration // how long the response says that the connection may be idle (Keep-Alive: timeout); 0 if it does not
}

// A Message is a request or a response on the wire.
type Message struct {
	Packet   int   // in which it begins; 0 if it never did
	Last     int   // the last packet of it that was seen
	At, Done int64 // when it began, and when its last byte so far was seen; nanoseconds since 1970
	Seq, End int64 // relative sequence numbers: of its first byte, and behind the last one seen
	Ack      int64 // what the segment it begins in acknowledged
	Whole    bool  // all of it was seen
	Torn     bool  // part of it is not in the capture: it may have been whole
}
