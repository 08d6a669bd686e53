package device

import (
	"cmp"
	"time"
)

// bounds are how long the device waits for a client that need not be served.
// Every field has a default, which its zero value stands for.
type bounds struct {
	handshake time.Duration // for TLS, but for the client's first byte: that one is awaited as a request on an idle connection is; 10 s
	silence   time.Duration // in a lingering close, for the client to send or to close; 2 s
	linger    time.Duration // in a lingering close, altogether; 30 s
}

// set is b with its defaults.
func (b bounds) set() bounds {
	return bounds{
		handshake: cmp.Or(b.handshake, 10*time.Second),
		silence:   cmp.Or(b.silence, 2*time.Second),
		linger:    cmp.Or(b.linger, 30*time.Second),
	}
}
