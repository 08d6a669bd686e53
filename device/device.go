// Package device is the ground truth: a real server of HTTP/1.1 and HTTP/2, in
// the clear or over TLS, that misbehaves on purpose and keeps a ledger of what
// it executed. How it treats connections is a [Profile]; what went on is read
// from [Device.Ledger] and [Device.Connections].
//
// It serves PUT (or POST) /put/ctrl and GET (or HEAD) /query/state. Everything
// else is answered 404 and not executed, and neither is a GET of
// /query/state?of=0-17 without a command id, which asks what became of command
// 0-17 and is answered with the receipt of its last execution. A request is executed after the
// service time; at that moment it enters the ledger, before any byte of its
// answer leaves. A client that goes away during the service time changes
// nothing: the device executes all the same, as real devices do; and so does
// one that is switched off.
//
// To add an effect, write one file with its function and give it a line in
// the table in effects.go.
package device

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"sync"
	"time"

	"rstorm/faults"
	"rstorm/results"
)

// Config is what a device is started with.
type Config struct {
	Profile Profile
	Seed    uint64    // of every draw
	Epoch   time.Time // what the profile's windows and all reported times count from; zero is the call of Start
	Listen  string    // address to listen on; empty is "127.0.0.1:0"

	Protocol    results.Protocol // what it speaks; empty is HTTP/1.1
	Certificate *tls.Certificate // for TLS; nil is one made for this device

	// Ended, if not nil, is called with the record of each connection that has
	// ended: it must be safe for concurrent use, return soon and call no method
	// of the device's.
	Ended func(Connection)

	supervised *supervised   // of a device that is a process of its own and may die; see Serve
	overdue    time.Duration // how long a Process gives its child to end before it is killed; zero is 10 s
	bounds     bounds        // how long it waits for a client; zero is the defaults
}

// A Device is a running device. It is safe for concurrent use.
type Device struct {
	profile Profile
	seed    uint64
	exact   bool   // it reads no byte more than it needs
	promise string // the Keep-Alive field of its answers; empty is none
	plan    *faults.Plan
	service *faults.Plan // draws the service time; nil if there is none
	speaks  results.Protocol
	tls     *tls.Config // nil without TLS
	bounds  bounds
	clock   clock
	ledger  ledger
	roster  roster
	door    door

	supervised *supervised // nil if the device is a part of its caller's process
	reporter   *reporter   // nil then
	observe    func(Connection)

	ctx   context.Context // ends with Close
	stop  context.CancelFunc
	tasks sync.WaitGroup // the goroutines of the door and of the connections
	off   sync.Once

	mu     sync.Mutex
	failed error // the first thing the device could not carry out
}

// clock is the device's time, since its epoch, and its precise wait.
type clock struct {
	now  func() time.Duration
	wait func(context.Context, time.Duration) error
}

// Start listens and serves until [Device.Close]. It fails if the profile is
// not valid or the address can't be had.
func Start(cfg Config) (*Device, error) {
	epoch := cfg.Epoch
	if epoch.IsZero() {
		epoch = time.Now()
	}
	return start(cfg, clock{
		now:  func() time.Duration { return time.Since(epoch) },
		wait: faults.Wait,
	})
}

func start(cfg Config, clock clock) (*Device, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	if cfg.Profile.Crashes() && cfg.supervised == nil {
		return nil, errors.New("device profile: the device's process is to die, and this one is its caller's: Spawn starts one of its own")
	}
	if err := cfg.Profile.able(); err != nil {
		return nil, fmt.Errorf("start the device: %w", err)
	}
	d := &Device{
		profile: cfg.Profile,
		seed:    cfg.Seed,
		promise: cfg.Profile.promise(),
		plan:    faults.NewPlan(cfg.Seed, faults.Device, cfg.Profile.Faults),
		service: servicePlan(cfg.Seed, cfg.Profile.ServiceTime),
		clock:   clock,
		speaks:  cfg.Protocol,
		bounds:  cfg.bounds.set(),
	}
	if err := d.certify(cfg.Certificate); err != nil {
		return nil, fmt.Errorf("start the device: %w", err)
	}
	d.exact = d.readsExactly()
	d.roster.limits = newLimits(&d.profile)
	d.supervised, d.observe = cfg.supervised, cfg.Ended
	if d.supervised != nil {
		d.supervised.resume(d)
	}
	d.ctx, d.stop = context.WithCancel(context.Background())
	if err := d.listen(cfg.Listen); err != nil {
		d.stop()
		return nil, fmt.Errorf("start the device: %w", err)
	}
	return d, nil
}

// Addr is the address the device listens on, also while it refuses.
func (d *Device) Addr() string { return d.door.addr }

// Close switches the device off: it closes the listener and every connection,
// and returns when all its goroutines have ended. A request in its service time
// is executed at that moment. The error is the first thing that the device
// could not carry out in its life, such as listening again after it refused.
// A second Close does nothing and returns the same.
func (d *Device) Close() error {
	d.off.Do(d.close)
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.failed
}

func (d *Device) close() {
	d.stop()
	d.door.mu.Lock()
	d.turn(shut)
	d.door.mu.Unlock()
	for _, c := range d.roster.close() {
		c.end(plainly, Shutdown)
	}
	d.tasks.Wait()
	if d.door.reserved != nil {
		d.fail("give the port back", d.door.reserved.Close())
	}
}

// fail notes what could not be carried out, for Close to report.
func (d *Device) fail(doing string, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err != nil && d.failed == nil {
		d.failed = fmt.Errorf("device: %s: %w", doing, err)
	}
}

// servicePlan makes the service time a fault of a side of its own, so that it
// is drawn as every delay is: by the seed, the command and its attempt.
func servicePlan(seed uint64, t faults.Delay) *faults.Plan {
	if t.IsZero() {
		return nil
	}
	return faults.NewPlan(seed, "service time", []faults.Fault{{Effect: faults.Hold, Point: faults.BeforeForward, Delay: t}})
}
