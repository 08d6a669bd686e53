package diagnosis

import (
	"rstorm/results"
	"rstorm/wire"
)

// A Report is what captures come to. Maps and lists that hold nothing are empty.
type Report struct {
	Totals  Totals   `json:"totals"`
	Partial bool     `json:"partial"` // a capture was not read to its end
	Notes   []string `json:"notes"`   // what limits the answer, a sentence each
}

// Totals count connections in scope and what packets they had.
type Totals struct {
	Connections int `json:"connections"`
	Bad         int `json:"bad"`         // ended badly
	Resets      int `json:"resets"`      // with a RST
	RSTPackets  int `json:"rst_packets"` // RST packets, of which one reset may have several
	FINs        int `json:"fins"`        // FIN packets
	Uncertain   int `json:"uncertain"`   // ended badly, and the evidence leaves several causes or none
	Cut         int `json:"cut"`         // what became of them was not captured
	Undecided   int `json:"undecided"`   // showed no answer, and no end that could be judged: nothing can be said of them
	Curt        int `json:"curt"`        // TLS, closed by the server without close_notify: the last answer may have been cut
	Elsewhere   int `json:"elsewhere"`   // connections out of scope

	ByCause    map[string]int         `json:"by_cause"`    // of those that ended badly, by the likeliest cause
	Possible   map[string]int         `json:"possible"`    // causes that the evidence leaves beside the likeliest
	ByOrigin   map[results.Origin]int `json:"by_origin"`   // of those that ended badly, by who ended them
	ByState    map[string]int         `json:"by_state"`    // by conn_state
	ByProtocol map[wire.Protocol]int  `json:"by_protocol"` // empty if not known
	Endpoints  []Endpoint             `json:"endpoints"`   // those with the most bad connections
	Others     int                    `json:"others"`      // endpoints left out; if some had to be forgotten, it counts them each time, and the others had at least what is said

	Packets Packets `json:"packets"`
}

// An Endpoint is a server, or a client with all its ports.
type Endpoint struct {
	Address     string `json:"address"` // of a server with its port
	Role        string `json:"role"`    // client or server
	Connections int    `json:"connections"`
	Bad         int    `json:"bad"`    // ended badly
	Resets      int    `json:"resets"` // connections in which it sent a RST
}

// Packets say what became of the packets of all captures, in scope or not.
type Packets struct {
	Read        int    `json:"read"`
	Bytes       int64  `json:"bytes"` // that they had on the wire
	TCP         int    `json:"tcp"`
	Other       int    `json:"other"`        // not TCP over IP
	Fragments   int    `json:"fragments"`    // IP fragments but the first
	Short       int    `json:"short"`        // captured too short for a TCP header
	Malformed   int    `json:"malformed"`    // headers that contradict themselves
	Truncated   int    `json:"truncated"`    // captured without their end
	Timeless    int    `json:"timeless"`     // without a time
	UnknownLink int    `json:"unknown_link"` // of a link type that is not understood; they count as other, too
	Dropped     uint64 `json:"dropped"`      // by the capturing machine, as far as the captures say
	GivenUp     int    `json:"given_up"`     // connections told of before they had ended, for want of memory
	Missing     int64  `json:"missing"`      // bytes of payload that must have been sent and are in no packet
}
