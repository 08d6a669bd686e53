package clients

import (
	"context"
	"net"
	"net/http"
)

// Plug turns any http.RoundTripper into a [Strategy]. It calls newTripper once
// per client, with a function that opens connections to the device, whatever
// network and address it is given; connections opened in any other way are not
// watched. The transport must end a round trip when its request's context ends,
// as net/http's does. A panic in it becomes a failed command. When the client
// is closed its CloseIdleConnections is called, if it has that method.
//
// Attempts are told apart by package net/http/httptrace. For a transport that
// does not call its hooks one attempt per command is recorded, with connection
// and exchange 0 and, unless the answer came whole, an empty phase.
func Plug(newTripper func(dial func(ctx context.Context, network, addr string) (net.Conn, error)) http.RoundTripper) Strategy {
	return plugged{newTripper}
}

type plugged struct {
	newTripper func(dial func(ctx context.Context, network, addr string) (net.Conn, error)) http.RoundTripper
}

// Client makes a client with a transport of its own.
func (p plugged) Client(n Network) Client { return newWatched(n, p.newTripper) }
