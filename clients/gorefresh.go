package clients

import (
	"context"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// GoRefresh is the field case in Go: a new [http.Transport] for every command,
// the old one's idle connections closed, the request's Close set, a limit on
// connecting and on idling, and a URL that is never the same. Unlike strategy
// refresh it kills nobody else's requests: CloseIdleConnections spares what is
// in use, and net/http has no way to close the rest by force.
type GoRefresh struct {
	ConnectTimeout time.Duration `yaml:"connect_timeout" min:"0" max:"1h" doc:"limit on connecting, without a TLS handshake; 0 is the command's own deadline only" zero:"is the command's own deadline only"`
	Idle           time.Duration `yaml:"idle" min:"0" max:"24h" doc:"IdleConnTimeout: nothing rests so long here, because each request closes its connection; 0 is no limit" zero:"is no limit"`
	Unique         bool          `yaml:"unique" doc:"append a URL parameter (unique=...) that differs with every request"`
}

// Client makes a client with a transport for every command.
func (s GoRefresh) Client(n Network) Client {
	return newWatched(n, func(n Network) http.RoundTripper {
		return &refreshing{settings: s, network: n, draw: rand.New(rand.NewPCG(n.Seed, uniqueStream))}
	})
}

// A refreshing is a round tripper that is a new one for every request.
type refreshing struct {
	settings GoRefresh
	network  Network

	mu      sync.Mutex
	current *http.Transport // nil before the first request
	draw    *rand.Rand      // of the unique parameters
}

// RoundTrip makes a new transport and sends a changed copy of req over it.
func (r *refreshing) RoundTrip(req *http.Request) (*http.Response, error) {
	fresh := netHTTP(r.network)
	fresh.DialContext = r.dial
	fresh.IdleConnTimeout = r.settings.Idle
	r.mu.Lock()
	old, param := r.current, r.draw.Uint64()
	r.current = fresh
	r.mu.Unlock()
	if old != nil {
		old.CloseIdleConnections()
	}
	own := req.Clone(req.Context())
	own.Close = true
	if r.settings.Unique {
		own.URL.RawQuery = strings.TrimPrefix(own.URL.RawQuery+"&"+uniqueParameter+"="+strconv.FormatUint(param, 36), "&")
	}
	return fresh.RoundTrip(own)
}

// CloseIdleConnections closes those of the last transport.
func (r *refreshing) CloseIdleConnections() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.current != nil {
		r.current.CloseIdleConnections()
	}
}

func (r *refreshing) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	if limit := r.settings.ConnectTimeout; limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, limit)
		defer cancel()
	}
	return r.network.Dial(ctx, network, addr)
}
