package main

import (
	"crypto/sha256"
	"crypto/tls"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"strings"

	"rstorm/device"
	"rstorm/results"
)

// certificate is the one given, or one made for the address to listen on; nil
// without TLS. It is saved where --cert-out says.
func (o *deviceOptions) certificate() (*tls.Certificate, error) {
	if !results.Protocol(o.protocol).TLS() {
		return nil, nil
	}
	var cert tls.Certificate
	var err error
	if o.cert != "" {
		if cert, err = tls.LoadX509KeyPair(o.cert, o.key); err != nil {
			return nil, usage(fmt.Errorf("read --cert and --key: %w", err))
		}
	} else if cert, err = device.NewCertificate(names(o.listen)...); err != nil {
		return nil, err
	}
	if o.certOut == "" {
		return &cert, nil
	}
	return &cert, results.WriteFile(o.certOut, func(w io.Writer) error {
		for _, der := range cert.Certificate {
			if err := pem.Encode(w, &pem.Block{Type: "CERTIFICATE", Bytes: der}); err != nil {
				return err
			}
		}
		return nil
	})
}

// names are what clients may call a device that listens at addr: its host, or
// every address of this machine.
func names(addr string) []string {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil
	}
	if ip := net.ParseIP(host); host != "" && (ip == nil || !ip.IsUnspecified()) {
		return []string{host}
	}
	var all []string
	addrs, _ := net.InterfaceAddrs() // without them the certificate has fewer names
	for _, a := range addrs {
		if n, ok := a.(*net.IPNet); ok {
			all = append(all, n.IP.String())
		}
	}
	return all
}

// fingerprint is the SHA-256 of a certificate, as openssl x509 -fingerprint
// writes it.
func fingerprint(cert *tls.Certificate) string {
	sum := sha256.Sum256(cert.Certificate[0])
	return strings.ReplaceAll(fmt.Sprintf("% X", sum), " ", ":")
}
