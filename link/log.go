package link

import (
	"net/netip"
	"time"

	"rstorm/results"
)

// A Connection is the log's entry for one client connection. What [Link.Close]
// itself aborts is part of the tearing down: it is logged as closed by nobody.
type Connection struct {
	Number int            // from 1, in the order accepted
	Client netip.AddrPort // where the client called from; not valid if it had reset before the link accepted
	Device netip.AddrPort // where the link called the device from; not valid if it never did

	Opened, Closed time.Duration // since the epoch: accepted; both legs gone
	DialErr        error         // the device could not be reached; nil if it could

	Called, Connected time.Duration // since the epoch: the device was called; its kernel had answered. -1 if it was not, or did not

	Exchanges []Exchange // the requests seen, in order; none if it was not HTTP/1
	Strikes   []Strike   // the faults carried out on it, in order; toxics are not among them

	First    results.Origin // who closed first, with a FIN or a RST; empty if nobody did
	Reset    results.Origin // who reset it first; empty if no RST was seen. A vanished connection counts as reset by the link: its kernel answers whatever comes next with a RST
	Injected string         // the fault that ended it, as "effect at point" or the toxic's type; empty if none did
	Cause    string         // why it was reset: an id of the reset catalogue if this log proves it, else "unknown"; empty if it was not

	FINRead   time.Duration // since the epoch: the device's FIN came
	FINPassed time.Duration // since the epoch: it was handed to the client's socket
	ResetAt   time.Duration // since the epoch: Reset came to the link, which may pass it on later, or was made by it; these three are -1 for what did not happen

	Up, Down int64 // bytes read from the client, bytes read from the device
	Taken    int64 // of Up, those that the device's socket took; the others were withheld or lost
}

// A Strike is a fault that was carried out, as "effect at point".
type Strike struct {
	Fault string
	At    time.Duration // since the epoch
}

// An Exchange is a request and what became of it. Its times are since the
// epoch, and -1 for what did not happen.
type Exchange struct {
	Command    string // the value of results.IDHeader, else of the query parameter results.IDParameter
	Identified bool   // whether there was either
	Method     string
	Attempt    int // which exchange of this command the link saw, from 1, over all connections; 0 if not identified

	Read      time.Duration // the request was wholly read from the client
	Forwarded time.Duration // it was wholly written to the device's socket; taken when the write returned, when the device may already have answered
	Answered  time.Duration // the response was wholly written to the client's socket

	Status int // of the final response; 0 if no head was seen

	// What the final response says of its content, for who can't see it
	// otherwise. Nothing is known of it in answers without one and under a
	// Content-Encoding, which clients may take off unasked.
	Digest string // its Content-Digest (RFC 9530), as it stands; empty if it is not known
	Size   int64  // bytes of its content: by its Content-Length, else those that had come by its end; -1 if it is not known
}

// causeUnknown is what the log says of a reset that it can't explain.
const causeUnknown = "unknown"
