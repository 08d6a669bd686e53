package main

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"rstorm/device"
	"rstorm/results"
	"rstorm/scenarios"
)

// deviceOptions are the flags of device.
type deviceOptions struct {
	source
	profile, listen, protocol string
	cert, key, certOut        string
	admin, log                string
	seed                      uint64
	lasts                     time.Duration
	supervised                bool
}

func deviceFlags(o *deviceOptions) *pflag.FlagSet {
	flags := pflag.NewFlagSet("device", pflag.ContinueOnError)
	flags.SortFlags = false
	o.addFile(flags)
	flags.StringVar(&o.profile, "profile", "calm", "treat connections as the suite's profile or scenario `NAME` says; rstorm list profiles scenarios lists them")
	flags.StringVar(&o.listen, "listen", "127.0.0.1:0", "listen on `ADDRESS`; port 0 is any free one")
	flags.StringVar(&o.protocol, "protocol", "", "speak `NAME`: "+strings.Join(results.HTTP.Names(), ", ")+" (default: the scenario's, or http)")
	flags.StringVar(&o.cert, "cert", "", "TLS certificate, a PEM `FILE` (default: one made for this run)")
	flags.StringVar(&o.key, "key", "", "private key of --cert, a PEM `FILE`")
	flags.StringVar(&o.certOut, "cert-out", "", "write the certificate to `FILE`, for clients that are to trust it")
	flags.StringVar(&o.admin, "admin", "", "answer GET /ledger and GET /connections on `ADDRESS`")
	flags.StringVar(&o.log, "log", "text", "write the log as `NAME`: text or json")
	flags.Uint64Var(&o.seed, "seed", 1, "`N` that every draw depends on")
	flags.DurationVar(&o.lasts, "for", 0, "end after this `TIME` (default: when interrupted)")
	// The other half of a device that crashes: this program starts itself once
	// more in this mode, as the process that dies. It is no use to anybody else.
	flags.BoolVar(&o.supervised, "supervised", false, "")
	_ = flags.MarkHidden("supervised") // fails only for a flag that is not there
	return flags
}

func runDevice(ctx context.Context, s streams, args []string) error {
	var o deviceOptions
	flags := deviceFlags(&o)
	if err := parse(s, flags, args, 0); err != nil {
		return err
	}
	if o.supervised {
		return device.Serve(s.in, s.out)
	}
	if err := o.check(); err != nil {
		return err
	}
	suite, name, err := o.load(ctx, s.in)
	if err != nil {
		return err
	}
	profile, err := o.find(suite, name)
	if err != nil {
		return err
	}
	if err := o.checkProtocol(); err != nil {
		return err
	}
	cert, err := o.certificate()
	if err != nil {
		return err
	}
	log := slog.New(o.handler(s.err))
	cfg := device.Config{
		Profile: *profile, Seed: o.seed, Listen: o.listen,
		Protocol: results.Protocol(o.protocol), Certificate: cert,
		Ended: func(c device.Connection) { logEnd(log, c) },
	}
	if o.lasts > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, o.lasts)
		defer cancel()
	}
	return o.serve(ctx, s.out, log, cfg)
}

// check refuses flags that make no sense, all at once.
func (o *deviceOptions) check() error {
	var errs []error
	bad := func(wrong bool, format string, args ...any) {
		if wrong {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	names := results.HTTP.Names()
	bad(o.protocol != "" && !slices.Contains(names, o.protocol), "unknown protocol %q, want %s", o.protocol, strings.Join(names, ", "))
	bad((o.cert == "") != (o.key == ""), "--cert and --key go together")
	bad(o.log != "text" && o.log != "json", "unknown log %q, want text or json", o.log)
	bad(o.lasts < 0, "--for is %v, want more than 0", o.lasts)
	_, err := net.ResolveTCPAddr("tcp", o.listen)
	bad(err != nil, "--listen: %w; write HOST:PORT", err)
	if o.admin != "" {
		_, err = net.ResolveTCPAddr("tcp", o.admin)
		bad(err != nil, "--admin: %w; write HOST:PORT", err)
	}
	if len(errs) > 0 {
		return usage(errors.Join(errs...), "rstorm help device explains the flags")
	}
	return nil
}

// checkProtocol refuses a certificate without TLS, once it is known what is
// spoken.
func (o *deviceOptions) checkProtocol() error {
	o.protocol = cmp.Or(o.protocol, string(results.HTTP))
	if (o.cert != "" || o.certOut != "") && !results.Protocol(o.protocol).TLS() {
		return usage(fmt.Errorf("a certificate goes with --protocol %s or %s", results.HTTPS, results.H2), "rstorm help device explains the flags")
	}
	return nil
}

// find looks for the profile: one of the suite, or the device of a scenario,
// which also says what it speaks if no flag does.
func (o *deviceOptions) find(suite *scenarios.Suite, name string) (*device.Profile, error) {
	var names []string
	for i := range suite.Profiles {
		p := &suite.Profiles[i]
		if p.Name == o.profile {
			return &p.Device, nil
		}
		names = append(names, p.Name)
	}
	for i := range suite.Scenarios {
		sc := &suite.Scenarios[i]
		if sc.Name == o.profile {
			o.protocol = cmp.Or(o.protocol, string(sc.Protocol))
			return &sc.Device, nil
		}
	}
	return nil, usage(fmt.Errorf("%s has no profile or scenario %q", name, o.profile), "choose from the profiles "+strings.Join(names, ", "), "rstorm list scenarios lists the scenarios")
}

// A server is a device, in this process or in one of its own.
type server interface {
	Addr() string
	Roots() *x509.CertPool
	Ledger() []device.Execution
	Connections() []device.Connection
	Close() error
}

// startDevice starts the device; over is closed should it die for good before
// it is closed.
func startDevice(ctx context.Context, cfg device.Config) (d server, over <-chan struct{}, err error) {
	if !cfg.Profile.Crashes() {
		d, err = device.Start(cfg)
		return d, nil, err
	}
	program, err := os.Executable()
	if err != nil {
		return nil, nil, fmt.Errorf("find this program: %w", err)
	}
	p, err := device.Spawn(ctx, cfg, []string{program, "device", "--supervised"})
	if err != nil {
		return nil, nil, err
	}
	return p, p.Over(), nil
}

// outside reports whether addr can be reached from other machines.
func outside(addr string) bool {
	a, err := netip.ParseAddrPort(addr)
	return err != nil || !a.Addr().Unmap().IsLoopback()
}
