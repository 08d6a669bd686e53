package runner

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"time"

	"rstorm/device"
	"rstorm/faults"
	"rstorm/link"
	"rstorm/packet"
	"rstorm/results"
	"rstorm/scenarios"
)

// A controlled is a device whose profile is played, in this process or in one
// of its own.
type controlled interface {
	Addr() string
	Ledger() []device.Execution
	Connections() []device.Connection
	Roots() *x509.CertPool // that vouch for it; nil without TLS
	CA() []byte            // the same as PEM
	Close() error
}

// A stage is the device and the link of one trial, alone on their own ports.
type stage struct {
	device controlled        // nil if the device was there before
	link   *link.Link        // nil behind a stock Toxiproxy
	remote *link.Remote      // nil behind the embedded link
	packet *packet.Middlebox // nil if no packet is to be bent
	addr   string            // where clients connect to
	views  []view            // where its packets can be seen
	host   string            // for the Host field
	prefix string            // before every command's path

	protocol results.Protocol
	tls      *tls.Config // whom clients trust; nil without TLS
	ca       []byte      // the same as PEM, for clients of other processes; nil if it is the system's matter
}

// raise puts the stage up. Windows of faults count from epoch; no other stage
// has the number at the same time.
func (r *Runner) raise(ctx context.Context, sc *scenarios.Scenario, number int, seed uint64, epoch time.Time) (*stage, error) {
	s := &stage{addr: r.Target.Address, host: r.Target.Host, prefix: r.Target.Prefix, protocol: sc.Protocol, tls: r.Target.TLS, ca: []byte(r.Target.CA)}
	if s.addr == "" {
		if err := s.raiseDevice(ctx, sc, seed, epoch, r.Device); err != nil {
			return nil, err
		}
	}
	s.views = []view{{farLeg, s.addr}}
	err := s.raisePackets(sc.Link, seed, epoch, number)
	if err == nil {
		err = s.raiseLink(ctx, r.Toxiproxy, sc.Link, seed, epoch)
	}
	if err != nil {
		return nil, errors.Join(err, s.strike(ctx))
	}
	s.views = append(s.views, view{nearLeg, s.addr})
	if s.packet != nil {
		s.views = append(s.views, view{middleLeg, s.link.Addr()})
	}
	return s, nil
}

// raiseDevice starts the device: as a process of its own if it is to die as one.
func (s *stage) raiseDevice(ctx context.Context, sc *scenarios.Scenario, seed uint64, epoch time.Time, command []string) error {
	cfg := device.Config{Profile: sc.Device, Seed: seed, Epoch: epoch, Protocol: sc.Protocol}
	if sc.Device.Crashes() {
		p, err := device.Spawn(ctx, cfg, command)
		if err != nil {
			return err
		}
		s.device = p
	} else {
		d, err := device.Start(cfg)
		if err != nil {
			return err
		}
		s.device = d
	}
	s.addr, s.host = s.device.Addr(), s.device.Addr()
	if roots := s.device.Roots(); roots != nil {
		s.tls, s.ca = &tls.Config{RootCAs: roots, ServerName: "localhost"}, s.device.CA()
	}
	return nil
}

// raisePackets puts a middlebox between the clients and the link, if a fault
// strikes packets.
func (s *stage) raisePackets(fs []faults.Fault, seed uint64, epoch time.Time, number int) (err error) {
	if slices.ContainsFunc(fs, func(f faults.Fault) bool { return f.Point == faults.Packet }) {
		s.packet, err = packet.Open(packet.Config{Faults: fs, Seed: seed, Epoch: epoch, Number: number})
	}
	return err
}

func (s *stage) raiseLink(ctx context.Context, toxiproxy string, fs []faults.Fault, seed uint64, epoch time.Time) (err error) {
	cfg := link.Config{Device: s.addr, Seed: seed, Epoch: epoch}
	cfg.Faults = slices.DeleteFunc(slices.Clone(fs), func(f faults.Fault) bool { return f.Point == faults.Packet })
	if toxiproxy != "" {
		s.remote, err = link.OpenRemote(ctx, toxiproxy, cfg)
		if err != nil {
			return err
		}
		s.addr = s.remote.Addr()
		return nil
	}
	if s.packet != nil {
		cfg.Listen = netip.AddrPortFrom(s.packet.Near(), 0).String()
	}
	if s.link, err = link.Open(cfg); err != nil {
		return err
	}
	s.addr = s.link.Addr()
	if s.packet != nil { // clients dial beyond the packets' way, which leads to the link
		_, port, err := net.SplitHostPort(s.addr)
		if err != nil {
			return err
		}
		s.addr = net.JoinHostPort(s.packet.Far().String(), port)
	}
	return nil
}

// known finds the device's own record of a connection; nil if the device keeps
// none for us.
func (s *stage) known() func(*link.Connection) *device.Connection {
	if s.device == nil {
		return byPort(nil)
	}
	return byPort(s.device.Connections())
}

// forged lists the RSTs that were forged on the way of the packets, by the
// client's port; empty where none passes.
func (s *stage) forged() map[uint16][]packet.Record {
	all := map[uint16][]packet.Record{}
	if s.packet != nil {
		for _, r := range s.packet.Log() {
			if r.RST != nil {
				all[r.Client] = append(all[r.Client], r)
			}
		}
	}
	return all
}

// grace is how long connections get to end by themselves after the last
// command, so that a RST still on its way is seen.
const grace = 2 * time.Second

// haste is the same for a remote Toxiproxy once the run has been interrupted.
const haste = 500 * time.Millisecond

// strike takes the stage down: the link first, so that its log holds what the
// device did and not that it was stopped. What is still open after the grace
// period, or once ctx has ended, is cut; a remote Toxiproxy gets the grace
// period to forget the proxy in any case. The log and the ledger are whole
// afterwards.
func (s *stage) strike(ctx context.Context) error {
	limit := grace
	if ctx.Err() != nil {
		limit = haste
	}
	if s.remote != nil {
		ctx = context.WithoutCancel(ctx)
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var err error
	switch {
	case s.link != nil:
		err = s.link.Close(ctx)
	case s.remote != nil:
		err = s.remote.Close(ctx)
	}
	if s.packet != nil {
		err = errors.Join(err, s.packet.Close())
	}
	if s.device != nil {
		err = errors.Join(err, s.device.Close())
	}
	if err != nil {
		return fmt.Errorf("take the stage down: %w", err)
	}
	return nil
}
