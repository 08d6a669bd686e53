package clients

import (
	"net/http"
	"time"

	"rstorm/results"
)

// GoDefault is Go's net/http transport with the settings of
// http.DefaultTransport, but for three: it asks for no compression, so that the
// body can be verified as it was sent, takes no proxy from the environment, and
// speaks the protocol of the scenario and no other.
// It watches its idle connections, and on one that it used before it sends
// again in silence: any method if nothing was written yet, GET, HEAD, OPTIONS
// and TRACE if the connection ended before the answer began (func
// shouldRetryRequest in net/http's transport.go). Over HTTP/2 it sends any
// method again, also on a new connection, after REFUSED_STREAM, a stream reset
// with PROTOCOL_ERROR, and a GOAWAY below the request unless that names an error
// to the first request of its connection: up to 7 times, with a pause that
// doubles from 1 s before all but the first (func RoundTripOpt in net/http's
// h2_bundle.go). Its attempts are recorded, so what it hides from its caller
// shows. Our requests carry no Idempotency-Key: with one it would send any
// method again.
type GoDefault struct{}

// Client makes a client with a transport of its own.
func (GoDefault) Client(n Network) Client { return newWatched(n, goTransport) }

func goTransport(n Network) http.RoundTripper { return netHTTP(n) }

// netHTTP makes a transport as [GoDefault] says.
func netHTTP(n Network) *http.Transport {
	t := &http.Transport{
		DialContext:           n.Dial,
		TLSClientConfig:       n.TLS.Clone(), // nil stays nil; the transport sets NextProtos
		Protocols:             new(http.Protocols),
		DisableCompression:    true,
		MaxIdleConns:          100,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   10 * time.Second,
		ExpectContinueTimeout: time.Second,
	}
	t.Protocols.SetHTTP1(!n.Protocol.HTTP2())
	t.Protocols.SetHTTP2(n.Protocol == results.H2)
	t.Protocols.SetUnencryptedHTTP2(n.Protocol == results.H2C)
	return t
}
