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
	Client netip.AddrPort // where the client called from

	Opened, Closed time.Duration // since the epoch: accepted; both legs gone
	DialErr        error         // the device could not be reached; nil if it could

	Exchanges []Exchange // the requests seen, in order; none if it was not HTTP/1

	First    results.Origin // who closed first, with a FIN or a RST; empty if nobody did
	Reset    results.Origin // who reset it first; empty if no RST was seen
	Injected string         // the fault that ended it, as "effect at point" or the toxic's type; empty if none did
	Cause    string         // why it was reset: an id of the reset catalogue if this log proves it, else "unknown"; empty if it was not

	Up, Down int64 // bytes read from the client, bytes read from the device
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
}

// causeUnknown is what the log says of a reset that it can't explain.
const causeUnknown = "unknown"
