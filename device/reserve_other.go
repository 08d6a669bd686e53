//go:build !linux

package device

import (
	"io"
	"net"
)

// reserve closes l. Elsewhere than on Linux two sockets can't share a port, so
// nothing keeps others from taking it meanwhile; if they do, Close reports it.
func reserve(l *net.TCPListener) (io.Closer, error) {
	return io.NopCloser(nil), l.Close()
}
