// Package link is the way between the clients and the device: a transparent
// TCP relay that carries out faults exactly where they are asked for and keeps
// a log of every connection.
//
// Transparent means that each end sees of the other what it would see without
// the link: a RST arrives as a RST, a FIN as a FIN, a half-close as a
// half-close, and a device that refuses connections makes the link refuse
// them. Bytes are shaped by Toxiproxy's own toxics; both sockets are ours, for
// a stock Toxiproxy turns every RST into a FIN.
//
// What the link can't hide: its round trip is two; the kernel acknowledges
// bytes before the far end has them, and a RST behind bytes that the far end
// does not read waits for it to read; a device that stays silent to a SYN still
// leaves the client connected; and the client that finds out that a device has
// gone down gets a RST, where those after it are refused. A device that is down
// from the start is known at once if its address is on this machine's
// loopback.
//
// The kernel's own view of a connection is used on Linux. Elsewhere a RST that
// follows a FIN is seen only when bytes are written to it.
package link

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"time"

	"rstorm/faults"
)

// Config says where a link leads and what goes wrong on it.
type Config struct {
	Device string         // address of the device, host:port
	Listen string         // address to listen on; default 127.0.0.1:0
	Faults []faults.Fault // completed and validated for side faults.Link; not to be changed while the link is open
	Seed   uint64         // of every draw
	Epoch  time.Time      // the trial's start: windows and the log's times count from here; default now
}

// A Link relays the connections of one trial. Its methods are safe for
// concurrent use.
type Link struct {
	cfg      Config
	plan     *faults.Plan
	shaping  *shaping
	gate     *gate
	device   device
	attempts attempts

	listening context.Context // ends when Close begins
	stop      context.CancelFunc
	alive     context.Context // ends when Close aborts what is left
	abort     context.CancelFunc
	running   sync.WaitGroup // relays and the goroutines that watch windows and the device

	mu       sync.Mutex
	accepted int
	open     map[*relay]struct{}
	ended    []Connection
	errs     []error
}

// Open starts a link. It fails if an address is malformed or taken, if the
// link does not know an effect, or if Toxiproxy does not take a toxic. A device
// that can't be reached is no failure: it is relayed.
func Open(cfg Config) (*Link, error) {
	if _, _, err := net.SplitHostPort(cfg.Device); err != nil {
		return nil, fmt.Errorf("open link: device: %w", err)
	}
	if err := possible(cfg.Faults); err != nil {
		return nil, fmt.Errorf("open link: %w", err)
	}
	if cfg.Epoch.IsZero() {
		cfg.Epoch = time.Now()
	}
	cfg.Listen = cmp.Or(cfg.Listen, "127.0.0.1:0")
	shaping, err := newShaping(cfg.Faults, cfg.Seed)
	if err != nil {
		return nil, fmt.Errorf("open link: %w", err)
	}
	l := &Link{
		cfg:     cfg,
		plan:    faults.NewPlan(cfg.Seed, faults.Link, cfg.Faults),
		shaping: shaping,
		open:    map[*relay]struct{}{},
	}
	l.alive, l.abort = context.WithCancel(context.Background())
	l.listening, l.stop = context.WithCancel(l.alive)
	l.device = newDevice(cfg.Device)
	if l.gate, err = newGate(cfg.Listen, l.accept, l.fail); err != nil {
		l.abort()
		return nil, fmt.Errorf("open link: %w", err)
	}
	if err := l.begin(); err != nil {
		return nil, errors.Join(fmt.Errorf("open link: %w", err), l.Close(l.alive))
	}
	return l, nil
}

// begin opens the gate, unless a fault or an absent device keeps it shut.
func (l *Link) begin() error {
	refusals, now := refusals(l.plan.Refusals()), l.since()
	refusals.apply(l.gate, now)
	if l.device.absent() {
		l.deviceLost()
	}
	if err := l.gate.start(); err != nil {
		return err
	}
	l.running.Go(func() { l.playRefusals(refusals, now) })
	l.running.Go(func() { l.playTimelines(timelines(l.cfg.Faults), now) })
	return nil
}

// Addr is the address that clients call, host:port. It does not change, also
// while the link refuses connections.
func (l *Link) Addr() string { return l.gate.addr.String() }

// Close stops accepting, lets open connections end by themselves while ctx
// lasts, and then aborts the rest. It returns after all of the link's
// goroutines have ended, with the errors that kept the link from listening
// when it should have, or from an effect. The log is then complete.
func (l *Link) Close(ctx context.Context) error {
	l.stop()
	l.gate.set(over, true)
	aborted := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(aborted)
		l.abort()
		for _, r := range l.relays() {
			r.abort()
		}
	})
	l.running.Wait()
	if !stop() {
		<-aborted
	}
	l.abort()
	l.device.forget()
	err := l.gate.release()
	l.mu.Lock()
	defer l.mu.Unlock()
	return errors.Join(append(l.errs, err)...)
}

// Log returns an entry for each connection that has ended, by number. After
// [Link.Close] that is every connection the link accepted.
func (l *Link) Log() []Connection {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.SortedFunc(slices.Values(l.ended), func(a, b Connection) int { return cmp.Compare(a.Number, b.Number) })
}

// accept relays a connection that the gate let in.
func (l *Link) accept(client *net.TCPConn) {
	l.mu.Lock()
	l.accepted++
	r := newRelay(l, l.accepted, client)
	l.open[r] = struct{}{}
	l.mu.Unlock()
	l.running.Go(func() {
		r.serve()
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.open, r)
		l.ended = append(l.ended, r.entry())
	})
}

// relays returns the connections that are open now.
func (l *Link) relays() []*relay {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := make([]*relay, 0, len(l.open))
	for r := range l.open {
		all = append(all, r)
	}
	return all
}

// fail keeps an error for Close.
func (l *Link) fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.errs = append(l.errs, err)
}

// since is the time since the epoch.
func (l *Link) since() time.Duration { return time.Since(l.cfg.Epoch) }
