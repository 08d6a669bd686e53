package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"rstorm/device"
	"rstorm/faults"
)

// serve runs the device until ctx ends or the device does, and then prints its
// ledger.
func (o *deviceOptions) serve(ctx context.Context, out io.Writer, log *slog.Logger, cfg device.Config) error {
	d, over, err := startDevice(ctx, cfg)
	switch {
	case err != nil && ctx.Err() != nil:
		return &exit{code: exitInterrupted, err: err}
	case impossible(err):
		return usage(err, fmt.Sprintf("profile %s can't be had here with --protocol %s", o.profile, o.protocol))
	case err != nil:
		return &exit{code: exitBroken, err: err}
	}
	a := admin{device: d}
	if err = a.open(o.admin); err == nil {
		o.announce(log, d, &a, cfg)
		select {
		case <-ctx.Done():
		case <-over:
		}
	}
	err = errors.Join(err, a.close(), d.Close())
	return errors.Join(err, writeJSON(out, d.Ledger()))
}

// impossible reports whether the profile can't be had with the protocol, or on
// this machine.
func impossible(err error) bool {
	_, contradiction := errors.AsType[*faults.FieldError](err)
	return contradiction || errors.Is(err, errors.ErrUnsupported)
}

// announce says where the device is, and who else can reach it.
func (o *deviceOptions) announce(log *slog.Logger, d server, a *admin, cfg device.Config) {
	log.Info("listening", "url", cfg.Protocol.Scheme()+"://"+d.Addr(), "protocol", cfg.Protocol, "profile", o.profile, "seed", o.seed)
	if cfg.Certificate != nil {
		log.Info("certificate", "sha256", fingerprint(cfg.Certificate))
	}
	if a.listener != nil {
		log.Info("admin", "ledger", "http://"+a.addr()+"/ledger", "connections", "http://"+a.addr()+"/connections")
	}
	for _, addr := range []string{d.Addr(), a.addr()} {
		if addr != "" && outside(addr) {
			log.Warn("other machines can reach this", "address", addr)
		}
	}
}

func (o *deviceOptions) handler(w io.Writer) slog.Handler {
	if o.log == "json" {
		return slog.NewJSONHandler(w, nil)
	}
	return slog.NewTextHandler(w, nil)
}

// logEnd writes a line about a connection that did not end as connections
// should: closed by the client, or by the device as the client wished.
func logEnd(log *slog.Logger, c device.Connection) {
	by := "device"
	switch c.Ended {
	case device.CloseHonoured, device.Shutdown:
		return
	case device.ClientClosed:
		if c.Unread <= 0 {
			return
		}
		by = "client"
	case device.ClientReset:
		by = "client"
	case device.Unexplained, device.HandshakeFailed:
		by = "unknown"
	}
	log.Warn("connection ended", "client", c.Client, "connection", c.Number, "command", c.Command, "by", by, "how", c.Ended,
		"unread", c.Unread, "discarded", c.Discarded, "answered", c.Exchanges, "open_for", c.Closed-c.Opened)
}

// admin answers questions about a device, on a listener of its own.
type admin struct {
	device   server
	listener net.Listener // nil if nobody may ask
	http     http.Server
	tasks    sync.WaitGroup
}

func (a *admin) open(addr string) (err error) {
	if addr == "" {
		return nil
	}
	if a.listener, err = net.Listen("tcp", addr); err != nil {
		return fmt.Errorf("listen for --admin: %w", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /ledger", func(w http.ResponseWriter, _ *http.Request) { answer(w, a.device.Ledger()) })
	mux.HandleFunc("GET /connections", func(w http.ResponseWriter, _ *http.Request) { answer(w, a.device.Connections()) })
	a.http.Handler, a.http.ReadHeaderTimeout = mux, 10*time.Second
	a.tasks.Go(func() { _ = a.http.Serve(a.listener) }) // always ends with an error, as close makes it
	return nil
}

// addr is where to ask; empty if nowhere.
func (a *admin) addr() string {
	if a.listener == nil {
		return ""
	}
	return a.listener.Addr().String()
}

func (a *admin) close() error {
	if a.listener == nil {
		return nil
	}
	err := a.http.Close()
	a.tasks.Wait()
	return err
}

func answer[T any](w http.ResponseWriter, all []T) {
	w.Header().Set("Content-Type", "application/json")
	_ = writeJSON(w, all) // fails only if who asked has gone
}

// writeJSON writes a list, which is never null.
func writeJSON[T any](w io.Writer, all []T) error {
	if all == nil {
		all = []T{}
	}
	to := json.NewEncoder(w)
	to.SetIndent("", "  ")
	return to.Encode(all)
}
