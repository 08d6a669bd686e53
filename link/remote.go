package link

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"rstorm/faults"
)

// A Remote is a proxy on a stock Toxiproxy server, as a compatibility link. It
// keeps no log, and resets by the device can't be observed through it: a stock
// Toxiproxy reads a RST as an error and then closes the other side in order,
// so a RST arrives as a FIN. A refusal, a half-close and a client's abort do
// not arrive as what they are either.
type Remote struct {
	api   api
	name  string
	addr  string
	close func()
}

// apiTimeout bounds each call: a server that accepts and never answers must not
// hold the run.
const apiTimeout = 10 * time.Second

// OpenRemote creates a proxy on the Toxiproxy server whose API is at address,
// as in http://host:8474, and adds cfg's toxics to it; the server draws their
// toxicity. The device's address is resolved by the server. The proxy listens
// on the API's host, at any free port, or on cfg.Listen if that is set; seed
// and epoch have no meaning.
//
// It fails if a fault is not a toxic, since a stock server knows nothing else;
// if the server can't be reached or is no Toxiproxy; and if it refuses the
// proxy or a toxic. No proxy is left behind then.
func OpenRemote(ctx context.Context, address string, cfg Config) (*Remote, error) {
	if i := slices.IndexFunc(cfg.Faults, func(f faults.Fault) bool { return f.Toxic == nil }); i >= 0 {
		f := cfg.Faults[i]
		return nil, fmt.Errorf("open remote link: fault %d: effect %s at %s: a stock Toxiproxy can carry out toxics only", i+1, f.Effect, f.Point)
	}
	base, err := url.Parse(address)
	if err != nil || base.Scheme != "http" && base.Scheme != "https" || base.Host == "" {
		return nil, fmt.Errorf("open remote link: %q is not the address of a Toxiproxy API: want http://host:8474", address)
	}
	transport := &http.Transport{}
	r := &Remote{
		api:   api{base: base, client: &http.Client{Transport: transport, Timeout: apiTimeout}},
		name:  "rstorm-" + rand.Text(),
		close: transport.CloseIdleConnections,
	}
	if err := r.create(ctx, cfg); err != nil {
		r.close()
		return nil, fmt.Errorf("open remote link through %s: %w", address, err)
	}
	return r, nil
}

// create sets the proxy up on the server, and leaves nothing there if that
// fails.
func (r *Remote) create(ctx context.Context, cfg Config) error {
	if err := r.api.check(ctx); err != nil {
		return err
	}
	listen := cfg.Listen
	if listen == "" {
		listen = net.JoinHostPort(r.api.base.Hostname(), "0")
	}
	var made proxyBody
	err := r.api.call(ctx, http.MethodPost, "/proxies", proxyBody{Name: r.name, Listen: listen, Upstream: cfg.Device, Enabled: true}, &made)
	if err != nil {
		return fmt.Errorf("create proxy on %s: %w", listen, err)
	}
	if made.Name != r.name {
		return fmt.Errorf("create proxy on %s: %w: it made %q of it", listen, ErrNotToxiproxy, made.Name)
	}
	if r.addr, err = r.reachable(made.Listen); err != nil {
		return errors.Join(err, r.Close(context.WithoutCancel(ctx)))
	}
	for i, f := range cfg.Faults {
		if err := r.add(ctx, strconv.Itoa(i), f.Toxic); err != nil {
			return errors.Join(err, r.Close(context.WithoutCancel(ctx)))
		}
	}
	return nil
}

// add adds a toxic to the proxy.
func (r *Remote) add(ctx context.Context, name string, t *faults.Toxic) error {
	body, err := toxicJSON(t, name, float64(t.Toxicity))
	if err == nil {
		err = r.api.call(ctx, http.MethodPost, "/proxies/"+r.name+"/toxics", body, nil)
	}
	if err != nil {
		return fmt.Errorf("add toxic %s: %w", t.Type, err)
	}
	return nil
}

// reachable is where clients reach a proxy that listens on bound, which names
// no host if it listens on all.
func (r *Remote) reachable(bound string) (string, error) {
	host, port, err := net.SplitHostPort(bound)
	if err != nil {
		return "", fmt.Errorf("the server says the proxy listens on %q: %w", bound, err)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = r.api.base.Hostname()
	}
	return net.JoinHostPort(host, port), nil
}

// Addr is the address that clients call, host:port.
func (r *Remote) Addr() string { return r.addr }

// Close deletes the proxy, which ends its connections.
func (r *Remote) Close(ctx context.Context) error {
	defer r.close()
	if err := r.api.call(ctx, http.MethodDelete, "/proxies/"+r.name, nil, nil); err != nil {
		return fmt.Errorf("delete proxy %s: %w", r.name, err)
	}
	return nil
}
