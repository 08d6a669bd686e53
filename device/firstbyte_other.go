//go:build !unix

package device

import "net"

// firstByte waits for the connection's first byte and takes it: package
// syscall has no portable way to leave it unread.
func firstByte(tcp *net.TCPConn) (first byte, taken []byte, err error) {
	var b [1]byte
	if _, err := tcp.Read(b[:]); err != nil {
		return 0, nil, err
	}
	return b[0], b[:], nil
}
