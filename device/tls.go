package device

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"rstorm/faults"
	"rstorm/results"
)

// How a connection ends that never came to speak TLS.
const (
	NoTLS           Ending = "no TLS"           // its first byte begins no TLS record; an HTTP request in the clear was answered 400
	HandshakeFailed Ending = "handshake failed" // no common ground, a client that distrusts the certificate, or nothing for too long
)

// certify readies TLS with the given certificate, or one made for the purpose,
// if the device speaks it.
func (d *Device) certify(given *tls.Certificate) error {
	if !d.speaks.TLS() {
		return nil
	}
	if given == nil {
		made, err := NewCertificate()
		if err != nil {
			return err
		}
		given = &made
	}
	d.tls = &tls.Config{
		Certificates: []tls.Certificate{*given},
		MinVersion:   tls.VersionTLS12,
		NextProtos:   []string{"http/1.1"},
		// A ticket that the client has not read when it closes would make its
		// close a reset.
		SessionTicketsDisabled: true,
	}
	if d.speaks == results.H2 {
		d.tls.NextProtos = []string{"h2"}
	}
	if _, err := leaf(given); err != nil {
		return fmt.Errorf("read the certificate: %w", err)
	}
	return nil
}

// Roots holds the device's certificate, for clients that are to trust it; nil
// without TLS.
func (d *Device) Roots() *x509.CertPool {
	if d.tls == nil {
		return nil
	}
	roots := x509.NewCertPool()
	if own, err := leaf(&d.tls.Certificates[0]); err == nil { // it did at the start
		roots.AddCert(own)
	}
	return roots
}

// CA is what [Device.Roots] holds, as PEM: for clients of other processes.
func (d *Device) CA() []byte {
	if d.tls == nil {
		return nil
	}
	return asPEM(&d.tls.Certificates[0])
}

// secure puts TLS over the connection if the device speaks it.
func (c *connection) secure() (over bool) {
	if c.device.tls == nil {
		return false
	}
	first, taken, err := firstByte(c.tcp)
	switch {
	case err != nil:
		return c.lost(err)
	case first != recordHandshake:
		return c.decline(first)
	case c.meet(faults.Handshake, c.last):
		return true
	}
	s := tls.Server(&prefixed{c.tcp, taken}, c.device.tls)
	_ = c.tcp.SetDeadline(time.Now().Add(c.device.bounds.handshake)) // fails on a closed connection only, as Handshake then does
	if err := s.Handshake(); err != nil {
		return c.unshaken(err)
	}
	_ = c.tcp.SetDeadline(time.Time{})
	c.stream, c.source.stream = s, s
	return false
}

// decline ends a connection whose first byte begins no handshake.
func (c *connection) decline(first byte) (over bool) {
	if 'A' <= first && first <= 'Z' { // as methods do
		if c.send(answer{status: http.StatusBadRequest, body: problem(http.StatusBadRequest), closes: true}, nil) {
			return true
		}
	} else if c.write(alertRecord(alertUnexpectedMessage)) {
		return true
	}
	c.linger()
	c.end(plainly, NoTLS)
	return true
}

// unshaken ends a connection whose handshake failed. What TLS has to say of
// it has been said.
func (c *connection) unshaken(err error) (over bool) {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || results.Classify(err) == results.Reset {
		return c.lost(err)
	}
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		c.linger()
	}
	c.end(plainly, HandshakeFailed)
	return true
}

// notify sends TLS's close_notify, which says that the end to come is meant
// (RFC 8446 section 6.1). Nothing may be written after it.
func (c *connection) notify() {
	if s, ok := c.stream.(*tls.Conn); ok {
		_ = s.CloseWrite() // fails only if the connection is gone already
	}
}
