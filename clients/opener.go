package clients

import (
	"context"
	"crypto/tls"
	"math/rand/v2"
	"net"
	"sync"

	"rstorm/results"
)

// An opener opens one client's connections, as far as these are the same for
// every version of HTTP. It is safe for concurrent use.
type opener struct {
	network  Network
	settings Raw
	secure   *tls.Config // nil without TLS

	mu   sync.Mutex
	draw *rand.Rand // of the unique parameters
}

// uniqueStream keeps the draw of the unique parameters apart from other draws
// of the same seed.
const uniqueStream = 0x756e69717565

func newOpener(n Network, s Raw) *opener {
	o := &opener{network: n, settings: s, draw: rand.New(rand.NewPCG(n.Seed, uniqueStream))}
	switch n.Protocol {
	case results.HTTPS:
		o.secure = tlsConfig(n, "http/1.1")
	case results.H2:
		o.secure = tlsConfig(n, "h2")
	}
	return o
}

// line makes a line without a connection.
func (o *opener) line() *line {
	if o.network.Protocol.HTTP2() {
		return &line{opener: o, exchanger: newHTTP2(o)}
	}
	return &line{opener: o, exchanger: newHTTP1(o)}
}

// param is the next unique parameter; 0 if there shall be none.
func (o *opener) param() uint64 {
	if !o.settings.Unique {
		return 0
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.draw.Uint64()
}

// open opens a connection and, for TLS, shakes hands on it; stream is what HTTP
// is spoken over. A connection that is lost in the handshake comes with the
// error.
func (o *opener) open(ctx context.Context, phase *results.Phase) (conn *Conn, stream net.Conn, err error) {
	if limit := o.settings.ConnectTimeout; limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, limit)
		defer cancel()
	}
	conn, err = o.network.Dialer.Dial(ctx)
	if err != nil {
		return nil, nil, err
	}
	if o.secure == nil {
		return conn, conn, nil
	}
	*phase = results.PhaseHandshake
	session, err := handshake(ctx, conn, o.secure)
	if err != nil {
		conn.Close() // the handshake's error is the one that matters
		return conn, nil, err
	}
	return conn, session, nil
}
