package clients

import (
	"context"
	"net"
	"net/http"
	"time"
)

// GoDefault is Go's net/http transport with those settings of
// http.DefaultTransport that count for HTTP/1.1 without TLS, but for two: it asks
// for no compression, so that the body can be verified as it was sent, and takes
// no proxy from the environment.
// It watches its idle connections, and on one that it used before it sends
// again in silence: any method if nothing was written yet, GET, HEAD, OPTIONS
// and TRACE if the connection ended before the answer began (func
// shouldRetryRequest in net/http's transport.go). Its attempts are recorded, so
// what it hides from its caller shows. Our requests carry no Idempotency-Key:
// with one it would send any method again.
type GoDefault struct{}

// Client makes a client with a transport of its own.
func (GoDefault) Client(n Network) Client { return newWatched(n, goTransport) }

func goTransport(dial func(ctx context.Context, network, addr string) (net.Conn, error)) http.RoundTripper {
	return &http.Transport{
		DialContext:           dial,
		DisableCompression:    true,
		MaxIdleConns:          100,
		IdleConnTimeout:       90 * time.Second,
		ExpectContinueTimeout: time.Second,
	}
}
