// Package packet is the way between the client and the link, packet by packet:
// a middlebox that drops, delays, duplicates, reorders, corrupts, rejects and
// forges single TCP segments, which no relay of bytes can.
//
// It is a TUN device with two addresses, the near one this machine's, the far
// one nobody's. A server listens on the near address and a client dials the
// far one. Whatever is sent to the far address comes out of the device; the
// middlebox lets source and destination change places and puts it back, so
// that it arrives from the far address. The sum of both stays the same, and
// with it every checksum. Each side therefore sees the other at the far
// address, over a network that has, if the faults say so, a round trip time.
//
// It needs a private network (see [kernel.Isolate]) and serves IPv4; IPv6 does
// not pass.
package packet

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"sync"
	"time"

	"rstorm/faults"
	"rstorm/kernel"
)

// Config says what goes wrong on the way.
type Config struct {
	Faults []faults.Fault // completed and validated for side faults.Link, not to be changed; those at other points than packet are left to others
	Seed   uint64         // of every draw
	Epoch  time.Time      // the trial's start: windows and the log's times count from here; default now
	Number int            // which pair of addresses, 0 to MaxNumber; one that no middlebox of this network has had yet
}

// MaxNumber is the greatest number of a middlebox: 10.0.0.0/8 holds so many
// pairs of addresses.
const MaxNumber = 1<<22 - 1

// A Middlebox passes packets on. Its methods are safe for concurrent use.
type Middlebox struct {
	near  netip.Addr
	epoch time.Time
	plan  *faults.Plan
	tun   *kernel.TUN
	timer *kernel.Timer
	tasks sync.WaitGroup // the reader and the deliverer

	mu      sync.Mutex
	closed  bool
	failed  error // the first failure that was not asked for
	flows   flows
	passing passage // the packet at hand
	queue   queue
	orders  uint64    // given out in the queue
	spare   []*parcel // to be used again
	log     log
}

// Open sets up a middlebox in this network namespace. Its caller closes it.
func Open(cfg Config) (*Middlebox, error) {
	if cfg.Number < 0 || cfg.Number > MaxNumber {
		return nil, fmt.Errorf("middlebox %d: want 0 to %d", cfg.Number, MaxNumber)
	}
	first := uint32(10<<24 + cfg.Number<<2 + 1)
	m := &Middlebox{
		near:  netip.AddrFrom4([4]byte{byte(first >> 24), byte(first >> 16), byte(first >> 8), byte(first)}),
		epoch: cfg.Epoch,
		plan:  faults.NewPlan(cfg.Seed, faults.Link, cfg.Faults),
		flows: flows{byPorts: map[ports]*flow{}},
	}
	if m.epoch.IsZero() {
		m.epoch = time.Now()
	}
	var err error
	if m.tun, err = kernel.OpenTUN(fmt.Sprintf("packet%d", cfg.Number), netip.PrefixFrom(m.near, 30)); err != nil {
		return nil, fmt.Errorf("opening middlebox %d: %w", cfg.Number, err)
	}
	if m.timer, err = kernel.NewTimer(); err != nil {
		return nil, errors.Join(fmt.Errorf("opening middlebox %d: %w", cfg.Number, err), m.tun.Close())
	}
	m.tasks.Go(m.read)
	m.tasks.Go(m.deliver)
	return m, nil
}

// Near is the address on which servers listen.
func (m *Middlebox) Near() netip.Addr { return m.near }

// Far is the address that clients dial to reach a server on [Middlebox.Near].
func (m *Middlebox) Far() netip.Addr { return m.near.Next() }

// Close takes both addresses away; what is still on its way is lost. The error
// is the first failure to pass a packet on, if there was one. The log stays.
func (m *Middlebox) Close() error {
	m.mu.Lock()
	if m.closed {
		m.mu.Unlock()
		return nil
	}
	m.closed = true
	m.mu.Unlock()
	err := errors.Join(m.tun.Close(), m.timer.Close())
	m.tasks.Wait()
	m.queue, m.spare = nil, nil
	return errors.Join(m.failed, err)
}

// since is the time since the epoch.
func (m *Middlebox) since() time.Duration { return time.Since(m.epoch) }

// fail notes what went wrong unasked. The caller holds the lock.
func (m *Middlebox) fail(err error) {
	if m.failed == nil && !m.closed && !errors.Is(err, os.ErrClosed) {
		m.failed = err
	}
}
