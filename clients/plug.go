package clients

import (
	"context"
	"net"
	"net/http"
)

// Plug turns any http.RoundTripper into a [Strategy]. It calls newTripper once
// per client, with a function that opens connections to the device, whatever
// network and address it is given; connections opened in any other way are not
// watched. A dial belongs to the command whose request's context it is given,
// as by net/http. They are TCP: for TLS and HTTP/2, which the URL's scheme and the
// scenario ask for, the transport must bring its own settings, or
// [PlugNetwork] give them to it. The transport must end a round trip when its
// request's context ends, as net/http's does. A panic in it becomes a failed
// command. When the client is closed its CloseIdleConnections is called, if it
// has that method.
//
// Attempts are told apart by package net/http/httptrace. For a transport that
// does not call its hooks one attempt per command is recorded, with connection
// and exchange 0 and, unless the answer came whole, an empty phase.
func Plug(newTripper func(dial func(ctx context.Context, network, addr string) (net.Conn, error)) http.RoundTripper) Strategy {
	return PlugNetwork(func(n Network) http.RoundTripper { return newTripper(n.Dial) })
}

// PlugNetwork is [Plug] for a round tripper that is told all of its client's
// network: the protocol to speak, whom to trust, and [Network.Dial].
func PlugNetwork(newTripper func(n Network) http.RoundTripper) Strategy { return plugged{newTripper} }

type plugged struct {
	newTripper func(n Network) http.RoundTripper
}

// Client makes a client with a transport of its own.
func (p plugged) Client(n Network) Client { return newWatched(n, p.newTripper) }

// Dial opens a TCP connection to the device, whatever network and address it is
// given. It fits http.Transport's DialContext.
func (n Network) Dial(ctx context.Context, _, _ string) (net.Conn, error) {
	conn, err := n.Dialer.Dial(ctx)
	if t, ok := ctx.Value(trailKey{}).(*trail); ok {
		t.dialled(conn)
	}
	if err != nil {
		return nil, err // a nil *Conn must not become a net.Conn
	}
	return conn, nil
}
