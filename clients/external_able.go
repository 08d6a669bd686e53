package clients

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"

	"rstorm/clients/adapter"
)

// mostProcesses bounds the clients of a load: each is a process.
const mostProcesses = adapter.MaxIdle

// shortest is what a command takes of a line at least.
const shortest = 70

// Able reports why the client can't play such a load; nil if it can. It starts
// as many processes as there are clients, so that no trial waits for them.
func (e External) Able(ctx context.Context, n Network, d Demand) error {
	switch {
	case n.Adapters == nil:
		return errors.New("no client of another process can be started here")
	case len(e.Command) == 0:
		return errors.New("it has no command: write command: [node, client.mjs], or use --client")
	case d.Clients > mostProcesses:
		return fmt.Errorf("each client is a process, and %d are more than %d", d.Clients, mostProcesses)
	case n.Protocol.HTTP2():
		return errors.New("it is not told to speak HTTP/2")
	}
	if d.Open {
		if err := d.fits(); err != nil {
			return err
		}
	}
	if err := n.trusts(); err != nil {
		return err
	}
	hello, err := n.Adapters.Warm(ctx, e.Command, d.Clients)
	if f, ok := errors.AsType[*adapter.Failure](err); ok && f.LastWords() != "" {
		return fmt.Errorf("%w; its standard error ends: %s", err, f.LastWords())
	}
	if err != nil {
		return err
	}
	return e.suits(&hello, n, d)
}

// suits compares what an adapter can do with what is wanted of it.
func (e External) suits(h *adapter.Hello, n Network, d Demand) error {
	if e.Profile != "" && len(h.Profiles) > 0 && !slices.Contains(h.Profiles, e.Profile) {
		return fmt.Errorf("the adapter has no profile %q (have %s)", e.Profile, strings.Join(h.Profiles, ", "))
	}
	for _, need := range []struct {
		is        bool
		cap, what string
	}{
		{e.Report == Stream, adapter.CapStream, "report each result at once"},
		{e.Report == Batch && h.Has(adapter.CapStream), adapter.CapBatch, "report the results of many commands together: set report: stream"},
		{d.Open, adapter.CapAt, "play an open loop, as a rate is"},
		{!d.Open && !d.Constant, adapter.CapGaps, "pause differently after each command"},
		{d.Concurrency > 1, adapter.CapConcurrency, "have several commands under way at once"},
		{n.Protocol.TLS(), adapter.CapTLS, "speak TLS"},
	} {
		if need.is && !h.Has(need.cap) {
			return fmt.Errorf("the adapter can't %s (its hello does not claim %q)", need.what, need.cap)
		}
	}
	return nil
}

// trusts reports why a client of another process can't be told whom to trust.
func (n *Network) trusts() error {
	switch {
	case !n.Protocol.TLS() || n.TLS == nil:
	case n.TLS.InsecureSkipVerify:
		return errors.New("it can't be told to trust anyone at all (--insecure)")
	case n.TLS.ServerName != "" && n.TLS.ServerName != "localhost" && net.ParseIP(n.TLS.ServerName) == nil:
		return fmt.Errorf("it reaches the device by the link's address, and the certificate is for %s", n.TLS.ServerName)
	}
	return nil
}

// url is where a client that dials by itself reaches the device.
func (n *Network) url() (string, error) {
	if n.Address == "" || n.Adapters == nil {
		return "", errors.New("the address of the link is not known, which a client of another process needs")
	}
	if n.Protocol.TLS() && n.TLS != nil && n.TLS.RootCAs != nil && len(n.CA) == 0 {
		return "", errors.New("a client of another process can't be told whom to trust: the certificates are not known as PEM")
	}
	return n.Protocol.Scheme() + "://" + n.Address, n.trusts()
}

// roots writes the certificates to trust into a file that only this user can
// read, until remove is called. Without any there is no file.
func (n *Network) roots() (file string, remove func(), err error) {
	if !n.Protocol.TLS() || len(n.CA) == 0 {
		return "", func() {}, nil
	}
	f, err := os.CreateTemp("", "rstorm-*.pem") // mode 0600
	if err != nil {
		return "", nil, fmt.Errorf("write whom to trust: %w", err)
	}
	remove = func() { _ = os.Remove(f.Name()) } // what is left is public, and in the system's folder for such
	_, err = f.Write(n.CA)
	if err = errors.Join(err, f.Close()); err != nil {
		remove()
		return "", nil, fmt.Errorf("write whom to trust: %w", err)
	}
	return f.Name(), remove, nil
}
