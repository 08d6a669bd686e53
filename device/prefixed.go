package device

import "net"

// prefixed is a connection of which some bytes have been read already.
type prefixed struct {
	*net.TCPConn
	taken []byte
}

// Read gives what was taken first.
func (p *prefixed) Read(b []byte) (int, error) {
	if len(p.taken) > 0 {
		n := copy(b, p.taken)
		p.taken = p.taken[n:]
		return n, nil
	}
	return p.TCPConn.Read(b)
}
