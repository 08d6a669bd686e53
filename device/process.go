package device

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"rstorm/faults"
)

// A Process is a device that runs as a process of its own, so that it can die
// as processes do. When one of its faults ends it, the Process waits as long as
// the fault's Down says and starts it again on the same port; meanwhile
// connections to it are refused. Seen from outside it is what a [Device] is:
// the ledger, the numbers of connections and attempts, and what is left of a
// fault's First go on; the device's own memory does not (see [Serve]). It is
// safe for concurrent use.
type Process struct {
	cfg      Config
	command  []string
	epoch    time.Time
	addr     string
	reserved io.Closer // the port, whether anybody listens there or not
	seen     mirror
	asked    questions

	ctx     context.Context // ends with Close
	stop    context.CancelFunc
	serving chan struct{} // closed when the first child serves
	served  sync.Once
	over    chan struct{} // closed when no child comes any more
	tasks   sync.WaitGroup
	off     sync.Once

	mu     sync.Mutex
	failed error // the first thing that went wrong
}

// Spawn starts command, a program and its arguments that call [Serve], as a
// device with cfg's configuration, and returns when it serves; ctx bounds only
// how long that may take. It fails if the profile is not valid, the address
// can't be had or the program does not do as it should.
func Spawn(ctx context.Context, cfg Config, command []string) (*Process, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	p := &Process{cfg: cfg, command: command, epoch: cfg.Epoch, serving: make(chan struct{}), over: make(chan struct{})}
	if p.epoch.IsZero() {
		p.epoch = time.Now()
	}
	p.seen.ended = cfg.Ended
	if err := errors.Join(cfg.Profile.able(), p.certify()); err != nil {
		return nil, fmt.Errorf("start the device: %w", err)
	}
	if err := p.reserve(ctx); err != nil {
		return nil, fmt.Errorf("start the device: %w", err)
	}
	p.ctx, p.stop = context.WithCancel(context.Background())
	p.tasks.Go(p.supervise)
	select {
	case <-p.serving:
		return p, nil
	case <-p.over:
	case <-ctx.Done():
		p.fail(context.Cause(ctx))
	}
	return nil, fmt.Errorf("start the device: %w", p.Close())
}

// reserve takes the port for as long as the Process is there.
func (p *Process) reserve(ctx context.Context) error {
	addr := p.cfg.Listen
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	var err error
	if p.reserved, p.addr, err = takePort(ctx, addr); err != nil {
		return fmt.Errorf("reserve %s: %w", addr, err)
	}
	return nil
}

// certify makes the certificate here if none was given: one for all children.
func (p *Process) certify() error {
	switch given := p.cfg.Certificate; {
	case !p.cfg.Protocol.TLS():
		return nil
	case given != nil:
		_, err := leaf(given)
		return err
	}
	made, err := NewCertificate()
	p.cfg.Certificate = &made
	return err
}

// Roots holds the device's certificate, for clients that are to trust it; nil
// without TLS. It stays the same while the process does not.
func (p *Process) Roots() *x509.CertPool {
	if !p.cfg.Protocol.TLS() {
		return nil
	}
	roots := x509.NewCertPool()
	if own, err := leaf(p.cfg.Certificate); err == nil { // it did at the start
		roots.AddCert(own)
	}
	return roots
}

// CA is what [Process.Roots] holds, as PEM: for clients of other processes.
func (p *Process) CA() []byte {
	if !p.cfg.Protocol.TLS() {
		return nil
	}
	return asPEM(p.cfg.Certificate)
}

// Addr is the address the device listens on, also while it is down.
func (p *Process) Addr() string { return p.addr }

// Ledger returns what the device has executed so far, in order of time. It asks
// the process, if there is one, so that nothing is missing of which a client
// has the answer.
func (p *Process) Ledger() []Execution {
	p.asked.settle()
	p.seen.mu.Lock()
	defer p.seen.mu.Unlock()
	return slices.Clone(p.seen.ledger)
}

// Connections returns what is known of each connection so far, in the order
// accepted. Of one that is open, or died with the process, Exchanges may lack
// the latest; of one that is open, Discarded is not known yet. A connection
// that was never accepted, because the process died before, is not there.
func (p *Process) Connections() []Connection {
	p.asked.settle()
	p.seen.mu.Lock()
	defer p.seen.mu.Unlock()
	return slices.Clone(p.seen.records)
}

// Over is closed when the device does not run any more and will not be started
// again: after [Process.Close], or because it died and not by a fault.
func (p *Process) Over() <-chan struct{} { return p.over }

// Close switches the device off, as [Device.Close] does, and returns when its
// process is gone. The error is the first thing that it could not carry out, or
// that it died and not by a fault. A second Close does nothing and returns the
// same.
func (p *Process) Close() error {
	p.off.Do(func() {
		p.stop()
		p.tasks.Wait()
		if err := p.reserved.Close(); err != nil {
			p.fail(fmt.Errorf("give the port back: %w", err))
		}
	})
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.failed
}

func (p *Process) fail(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil && p.failed == nil {
		p.failed = fmt.Errorf("device: %w", err)
	}
}

// validate reports what is wrong with the profile.
func (cfg *Config) validate() error {
	problems := cfg.Profile.Validate()
	for i := range cfg.Profile.Faults {
		f := &cfg.Profile.Faults[i]
		problems = append(problems, f.Validate(faults.Device)...)
		problems = append(problems, f.Fit(faults.Device, cfg.Protocol.TLS(), cfg.Protocol.HTTP2())...)
	}
	if len(problems) > 0 {
		return fmt.Errorf("device profile: %w", errors.Join(problems...))
	}
	return nil
}
