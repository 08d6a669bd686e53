package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"

	"rstorm/runner"
	"rstorm/scenarios"
)

// runner resolves what the flags point at.
func (o *runOptions) runner(ctx context.Context) (*runner.Runner, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program, to run devices in processes of their own: %w", err)
	}
	r := &runner.Runner{Seed: o.seed, Repeat: o.repeat, Parallel: o.parallel, Device: []string{self, "device", "--supervised"}}
	const hint = "nothing was sent"
	if o.target != "" {
		if r.Target, err = parseTarget(ctx, net.DefaultResolver.LookupNetIP, o.target, o.public); err != nil {
			return nil, usage(fmt.Errorf("--target: %w", err), hint)
		}
	}
	if err := trust(&r.Target, o.ca, o.insecure); err != nil {
		return nil, usage(fmt.Errorf("--ca, --insecure: %w", err), hint)
	}
	if o.toxiproxy != "" {
		if r.Toxiproxy, err = parseAPI(ctx, net.DefaultResolver.LookupNetIP, o.toxiproxy, o.public); err != nil {
			return nil, usage(fmt.Errorf("--toxiproxy: %w", err), hint)
		}
	}
	return r, nil
}

// suits refuses a target whose scheme none of the suite's scenarios speaks:
// nothing could be played.
func suits(suite *scenarios.Suite, t runner.Target) error {
	speaks := func(sc scenarios.Scenario) bool { return sc.Protocol.TLS() == (t.TLS != nil) }
	if t == (runner.Target{}) || slices.ContainsFunc(suite.Scenarios, speaks) {
		return nil
	}
	return usage(fmt.Errorf("no scenario to be played speaks what %s does", t.URL()), "a scenario says protocol: https (or h2) for a target of https", "nothing was sent")
}

// A resolver finds the addresses of a host, as [net.Resolver.LookupNetIP] does.
type resolver func(ctx context.Context, network, host string) ([]netip.Addr, error)

// parseTarget reads the URL of a device. It refuses what is neither loopback
// nor private (RFC 1918, RFC 4193) unless public is set: rstorm sends storms.
func parseTarget(ctx context.Context, lookup resolver, raw string, public bool) (runner.Target, error) {
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		return runner.Target{}, err
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return runner.Target{}, fmt.Errorf("%q is not a device: write http://HOST[:PORT][/PATH], or https", raw)
	}
	port := "80"
	t := runner.Target{Host: u.Host, Prefix: strings.TrimRight(u.EscapedPath(), "/")}
	if u.Scheme == "https" {
		port, t.TLS = "443", &tls.Config{ServerName: u.Hostname()}
	}
	t.Address, err = resolve(ctx, lookup, u, port, public)
	return t, err
}

// trust makes t's TLS trust the certificates in a file, or anyone at all.
func trust(t *runner.Target, file string, anyone bool) error {
	switch {
	case file == "" && !anyone:
		return nil
	case t.TLS == nil:
		return errors.New("there is no TLS to trust anyone in: they go with a --target of https")
	case file != "" && anyone:
		return errors.New("they contradict each other")
	case anyone:
		t.TLS.InsecureSkipVerify = true
		return nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	t.TLS.RootCAs = x509.NewCertPool()
	if !t.TLS.RootCAs.AppendCertsFromPEM(text) {
		return fmt.Errorf("%s holds no certificate in PEM", file)
	}
	t.CA = string(text)
	return nil
}

// parseAPI checks the URL of a Toxiproxy server by the same rule and returns
// it with the address in the host's place, so that no other is contacted.
func parseAPI(ctx context.Context, lookup resolver, raw string, public bool) (string, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return "", err
	}
	if u.Scheme != "http" || u.Host == "" || u.User != nil || u.RawQuery != "" || strings.Trim(u.Path, "/") != "" {
		return "", fmt.Errorf("%q is not a Toxiproxy server: write http://HOST[:PORT]", raw)
	}
	addr, err := resolve(ctx, lookup, u, "8474", public)
	return "http://" + addr, err
}

// resolve returns the address to connect to: a checked one, so that a name
// can't lead elsewhere later. Of several it is the first of IPv4, which devices
// and servers on "localhost" listen on more often than on IPv6.
func resolve(ctx context.Context, lookup resolver, u *url.URL, port string, public bool) (string, error) {
	port = cmp.Or(u.Port(), port)
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return "", fmt.Errorf("port %s is outside 1 to 65535", port)
	}
	addrs, err := addresses(ctx, lookup, u.Hostname())
	if err != nil {
		return "", fmt.Errorf("find %s: %w", u.Hostname(), err)
	}
	for _, a := range addrs {
		if !public && !a.IsLoopback() && !a.IsPrivate() {
			return "", fmt.Errorf("%s is neither a loopback nor a private address, and rstorm sends storms: --allow-public allows it; mind who owns %s", a, u.Host)
		}
	}
	first := max(0, slices.IndexFunc(addrs, netip.Addr.Is4))
	return net.JoinHostPort(addrs[first].String(), port), nil
}

func addresses(ctx context.Context, lookup resolver, host string) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{a.Unmap()}, nil
	}
	addrs, err := lookup(ctx, "ip", host)
	if err == nil && len(addrs) == 0 {
		err = fmt.Errorf("no address")
	}
	for i := range addrs {
		addrs[i] = addrs[i].Unmap()
	}
	return addrs, err
}
