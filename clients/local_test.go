package clients

import (
	"io"
	"net"
	"net/netip"
	"sync"
	"testing"

	"rstorm/results"
)

// preface is what a client of HTTP/2 sends first (RFC 9113 section 3.4).
const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

// What fails can be found in a capture by the client's own address: every
// strategy tells it, as its peer sees it.
func TestAttemptsTellTheClientsEndOfTheirConnection(t *testing.T) {
	for _, tt := range []struct {
		name     string
		protocol results.Protocol
		device   func(*peer)
	}{
		{"reset before the answer", results.HTTP, func(p *peer) { p.request(); p.reset() }},
		{"reset of HTTP/2", results.H2C, func(p *peer) { io.CopyN(io.Discard, p, int64(len(preface))); p.reset() }},
		{"reset in the handshake", results.HTTPS, func(p *peer) { p.hello(); p.reset() }},
		{"answered", results.HTTP, answers(whole)},
	} {
		for _, name := range every {
			t.Run(tt.name+"/"+name, func(t *testing.T) {
				t.Parallel()
				var mu sync.Mutex
				var seen []netip.AddrPort
				n := serve(t, func(p *peer) {
					mu.Lock()
					seen = append(seen, p.RemoteAddr().(*net.TCPAddr).AddrPort())
					mu.Unlock()
					tt.device(p)
				}).network()
				n.Protocol = tt.protocol
				r := do(t, start(t, kind(t, name), n), command("PUT", 0))
				mu.Lock()
				defer mu.Unlock()
				for i, a := range r.Attempts {
					if i >= len(seen) || a.Local != seen[i] {
						t.Errorf("attempt %d came from %v, and says %v", i+1, seen, a.Local)
					}
				}
			})
		}
	}
}

func TestAnAttemptWithoutAConnectionTellsNoAddress(t *testing.T) {
	for _, name := range every {
		r := do(t, start(t, kind(t, name), Network{Host: "device", Dialer: dialTo("127.0.0.1:1")}), command("GET", 0))
		for _, a := range r.Attempts {
			if a.Local.IsValid() {
				t.Errorf("%s: nothing was dialled from %v", name, a.Local)
			}
		}
	}
}
