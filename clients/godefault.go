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
// shows. Requests carry an Idempotency-Key only if the settings say so: with one
// it sends any method again where it would a GET.
type GoDefault struct {
	Key bool `yaml:"idempotency_key" doc:"send the command's id as Idempotency-Key: net/http then takes every method for idempotent, and sends it again in silence"`
}

// Client makes a client with a transport of its own.
func (s GoDefault) Client(n Network) Client {
	return newWatched(n, func(n Network) http.RoundTripper {
		if s.Key {
			return keyed{netHTTP(n)}
		}
		return netHTTP(n)
	})
}

// A keyed names each request to net/http as idempotent.
type keyed struct{ *http.Transport }

// RoundTrip sends a copy of req with the key.
func (k keyed) RoundTrip(req *http.Request) (*http.Response, error) {
	own := req.Clone(req.Context())
	own.Header.Set("Idempotency-Key", req.Header.Get(results.IDHeader))
	return k.Transport.RoundTrip(own)
}

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
