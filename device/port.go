package device

import (
	"context"
	"errors"
	"io"
	"net/netip"

	"rstorm/kernel"
)

// takePort takes addr without listening there: the kernel refuses connections and
// yet gives the port to nobody else, also not before its number is known.
func takePort(ctx context.Context, addr string) (held io.Closer, at string, err error) {
	if exact, err := netip.ParseAddrPort(addr); err == nil {
		h, err := kernel.Hold(exact)
		if err == nil {
			return h, h.Addr().String(), nil
		}
		if !errors.Is(err, errors.ErrUnsupported) {
			return nil, "", err
		}
	}
	// A name, several addresses, or a system where two sockets can't share a
	// port: what is found out by listening is reserved after that.
	l, err := bind(ctx, addr)
	if err != nil {
		return nil, "", err
	}
	held, err = reserve(l)
	return held, l.Addr().String(), err
}
