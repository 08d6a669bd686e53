package runner

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"rstorm/device"
	"rstorm/faults"
	"rstorm/link"
	"rstorm/scenarios"
)

// A stage is the device and the link of one trial, alone on their own ports.
type stage struct {
	device *device.Device // nil if the device was there before
	link   *link.Link     // nil behind a stock Toxiproxy
	remote *link.Remote   // nil behind the embedded link
	addr   string         // where clients connect to
	host   string         // for the Host field
	prefix string         // before every command's path
}

// raise puts the stage up. Windows of faults count from epoch.
func (r *Runner) raise(ctx context.Context, sc *scenarios.Scenario, seed uint64, epoch time.Time) (*stage, error) {
	s := &stage{addr: r.Target.Address, host: r.Target.Host, prefix: r.Target.Prefix}
	if s.addr == "" {
		d, err := device.Start(device.Config{Profile: sc.Device, Seed: seed, Epoch: epoch})
		if err != nil {
			return nil, err
		}
		s.device, s.addr, s.host = d, d.Addr(), d.Addr()
	}
	if err := s.raiseLink(ctx, r.Toxiproxy, sc.Link, seed, epoch); err != nil {
		return nil, errors.Join(err, s.strike(ctx))
	}
	return s, nil
}

func (s *stage) raiseLink(ctx context.Context, toxiproxy string, fs []faults.Fault, seed uint64, epoch time.Time) (err error) {
	cfg := link.Config{Device: s.addr, Faults: fs, Seed: seed, Epoch: epoch}
	if toxiproxy != "" {
		s.remote, err = link.OpenRemote(ctx, toxiproxy, cfg)
		if err != nil {
			return err
		}
		s.addr = s.remote.Addr()
		return nil
	}
	if s.link, err = link.Open(cfg); err != nil {
		return err
	}
	s.addr = s.link.Addr()
	return nil
}

// dial opens a connection for a client.
func (s *stage) dial(ctx context.Context) (net.Conn, error) {
	var d net.Dialer
	return d.DialContext(ctx, "tcp", s.addr)
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
	if s.device != nil {
		err = errors.Join(err, s.device.Close())
	}
	if err != nil {
		return fmt.Errorf("take the stage down: %w", err)
	}
	return nil
}
