package adapter

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"os"
	"time"
)

// checkTLS asks for https at a server whose certificate is in ca_file, and then
// at the same without a ca_file: nobody else vouches for it.
func checkTLS(c *checker) (got, want string, err error) {
	url, roots, shut, err := c.target.secure()
	if err != nil {
		return "", "", err
	}
	defer shut()
	for _, file := range []string{roots, ""} {
		if err := c.init(Init{BaseURL: url, Profile: c.profile(), TimeoutMS: c.Timeout.Milliseconds(), CAFile: file}); err != nil {
			return "", "", err
		}
		all, err := c.play(Run{Report: c.reporting(), Commands: gets("/ok")})
		switch {
		case err != nil:
			return "", "", err
		case file != "" && failed(all) != "":
			return failed(all), well + ": the certificate is in ca_file", nil
		case file == "" && all[0].Err == nil:
			return told(&all[0]), "an err: nobody vouches for the certificate", nil
		}
	}
	return "", "", nil
}

// secure serves the target over TLS as well, and writes whom to trust into a
// file, until shut is called.
func (t *target) secure() (url, roots string, shut func(), err error) {
	certificate, err := selfSigned()
	if err != nil {
		return "", "", nil, fmt.Errorf("make a certificate to check with: %w", err)
	}
	file, err := os.CreateTemp("", "rstorm-*.pem")
	if err != nil {
		return "", "", nil, fmt.Errorf("write a certificate to check with: %w", err)
	}
	err = pem.Encode(file, &pem.Block{Type: "CERTIFICATE", Bytes: certificate.Certificate[0]})
	l, lost := net.Listen("tcp", "127.0.0.1:0")
	if err = errors.Join(err, file.Close(), lost); err != nil {
		_ = os.Remove(file.Name())
		return "", "", nil, fmt.Errorf("open a server of TLS to check with: %w", err)
	}
	quiet := log.New(io.Discard, "", 0) // it would tell of clients that do not trust it
	server := &http.Server{Handler: t, ReadHeaderTimeout: 10 * time.Second, ErrorLog: quiet}
	t.serving.Go(func() {
		_ = server.Serve(tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{certificate}}))
	})
	return "https://" + l.Addr().String(), file.Name(), func() {
		_ = server.Close()
		_ = os.Remove(file.Name())
	}, nil
}

// selfSigned makes a certificate for loopback that vouches for itself.
func selfSigned() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "rstorm adapter check"}, // Java reads none without (RFC 5280 section 4.1.2.4)
		NotBefore:    time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}
