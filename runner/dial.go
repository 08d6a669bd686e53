package runner

import (
	"context"
	"fmt"
	"net"
	"sync"
	"syscall"

	"rstorm/clients"
	"rstorm/kernel"
)

// network is what a client gets to reach the device.
func (s *stage) network(dialer *clients.Dialer, seed uint64) clients.Network {
	return clients.Network{Dialer: dialer, Address: s.addr, Host: s.host, Prefix: s.prefix, Seed: seed, Protocol: s.protocol, TLS: s.tls, CA: s.ca}
}

// newDial makes the function that opens one client's connections to addr: from
// so many source ports in turn, or from any if that is 0.
func newDial(addr string, ports int) func(context.Context) (net.Conn, error) {
	if ports == 0 {
		return func(ctx context.Context) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "tcp", addr)
		}
	}
	p := &sourcePorts{ports: make([]int, ports)}
	return func(ctx context.Context) (net.Conn, error) {
		turn := p.next()
		d := net.Dialer{LocalAddr: &net.TCPAddr{Port: p.port(turn)}, Control: reuse}
		conn, err := d.DialContext(ctx, "tcp", addr)
		if err == nil {
			p.keep(turn, conn.LocalAddr().(*net.TCPAddr).Port)
		}
		return conn, err
	}
}

// sourcePorts are the ports that one client's connections come from. A client
// may dial several at once.
type sourcePorts struct {
	mu    sync.Mutex
	dials int
	ports []int // 0 until the system has given one
}

func (p *sourcePorts) next() (turn int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.dials++
	return (p.dials - 1) % len(p.ports)
}

func (p *sourcePorts) port(turn int) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ports[turn]
}

func (p *sourcePorts) keep(turn, port int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ports[turn] = port
}

// reuse lets a socket have a port on which an old connection lingers.
func reuse(_, _ string, c syscall.RawConn) error {
	if err := kernel.ReuseAddress(c); err != nil {
		return fmt.Errorf("use a source port again: %w", err)
	}
	return nil
}
