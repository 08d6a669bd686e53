package results

// A Protocol is what clients and the device speak.
type Protocol string

// The protocols. The zero value is HTTP.
const (
	HTTP  Protocol = "http"  // HTTP/1.1 over TCP
	HTTPS Protocol = "https" // HTTP/1.1 over TLS
	H2    Protocol = "h2"    // HTTP/2 over TLS, by ALPN
	H2C   Protocol = "h2c"   // HTTP/2 over TCP, with prior knowledge (RFC 9113 section 3.3)
)

// Names lists every protocol.
func (Protocol) Names() []string {
	return []string{string(HTTP), string(HTTPS), string(H2), string(H2C)}
}

// TLS reports whether p is spoken over TLS.
func (p Protocol) TLS() bool { return p == HTTPS || p == H2 }

// HTTP2 reports whether p is HTTP/2.
func (p Protocol) HTTP2() bool { return p == H2 || p == H2C }

// Scheme is that of p's URLs.
func (p Protocol) Scheme() string {
	if p.TLS() {
		return "https"
	}
	return "http"
}
