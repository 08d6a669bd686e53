// Command go is the adapter of Go's net/http, and an example of one in Go:
// protocol version 1, one JSON object a line on stdin and stdout. It knows the
// standard library only. Its messages are in protocol.go.
package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"
)

// A profile makes a client with connections of its own.
type profile struct {
	name   string
	create func(*tls.Config) http.RoundTripper
}

// profiles lists them, the default first.
func profiles() []profile {
	return []profile{
		{"nethttp", func(trust *tls.Config) http.RoundTripper { return transport(trust, false) }},
		{"nethttp-close", func(trust *tls.Config) http.RoundTripper { return transport(trust, true) }},
		{"null", func(*tls.Config) http.RoundTripper { return null{} }},
	}
}

// transport is as http.DefaultTransport, but for proxies, compression and
// HTTP/2.
func transport(trust *tls.Config, closing bool) http.RoundTripper {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.Proxy, t.DisableCompression, t.DisableKeepAlives = nil, true, closing
	t.TLSClientConfig, t.Protocols = trust, new(http.Protocols)
	t.Protocols.SetHTTP1(true)
	return t
}

// null sends nothing, and so shows what the protocol costs.
type null struct{}

func (null) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
}

// A client is what init asks for.
type client struct {
	http.Client
	base    string
	timeout time.Duration // of a whole exchange
}

func newClient(m message) (*client, error) {
	i := slices.IndexFunc(profiles(), func(p profile) bool { return p.name == m.Profile })
	if m.Protocol != 1 || i < 0 {
		return nil, fmt.Errorf("can't do protocol %d, profile %q", m.Protocol, m.Profile)
	}
	trust := &tls.Config{}
	if m.CAFile != "" {
		pem, err := os.ReadFile(m.CAFile)
		if err != nil {
			return nil, err
		}
		trust.RootCAs = x509.NewCertPool()
		if !trust.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s holds no certificate", m.CAFile)
		}
	}
	c := &client{base: m.BaseURL, timeout: time.Duration(m.TimeoutMS) * time.Millisecond}
	c.Transport = profiles()[i].create(trust)
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return c, nil
}

// send carries one command, within one limit for all of it.
func (c *client) send(cmd command) (int, []byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), c.timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, cmd.Method, c.base+cmd.Path, strings.NewReader(cmd.Body))
	if err != nil {
		return 0, nil, err
	}
	for name, value := range cmd.Headers {
		req.Header.Set(name, value)
	}
	resp, err := c.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = resp.Body.Close() }() // was read to its end, or broke before
	body, err := io.ReadAll(resp.Body)
	return resp.StatusCode, body, err
}

func main() {
	a := adapter{begin: time.Now(), out: bufio.NewWriterSize(os.Stdout, 1<<16)}
	if err := a.serve(os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, "adapter:", err)
		os.Exit(1)
	}
}
