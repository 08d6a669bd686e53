package live

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/link"
	"github.com/cilium/ebpf/ringbuf"

	"rstorm/kernel"
	"rstorm/wire"
)

// Reasons are what the kernel says of the RSTs that it sends in the network
// namespace of this process. Its methods are safe for concurrent use.
type Reasons struct {
	layout  *layout
	program *ebpf.Program
	tap     link.Link
	events  *ebpf.Map
	full    *ebpf.Map // how many events found no room

	mu     sync.Mutex
	reader *ringbuf.Reader
	closed bool
	taken  []wire.Reason
	lost   uint64 // of those in full, how many have been told
}

// room is how many bytes of events wait to be taken, before some are lost: of a
// hundred thousand RSTs.
const room = 16 << 20

// OpenReasons begins to listen to the kernel. It takes Linux 6.10 with type
// information, and the machine's root, or CAP_BPF and CAP_PERFMON: root of a
// user namespace is not enough. An error says which is missing, and wraps
// [errors.ErrUnsupported] then.
func OpenReasons() (*Reasons, error) { return openReasons(room) }

// openReasons keeps so many bytes of events.
func openReasons(room int) (r *Reasons, err error) {
	r = &Reasons{}
	defer func() {
		if err != nil {
			r, err = nil, errors.Join(fmt.Errorf("asking the kernel why it sends RSTs: %w", explainedReasons(err)), r.Close())
		}
	}()
	if r.layout, err = newLayout(); err != nil {
		return r, err
	}
	network, err := ownNetwork()
	if err != nil {
		return r, err
	}
	if err := r.makeMaps(room); err != nil {
		return r, err
	}
	return r, r.attach(network)
}

// makeMaps makes what the program writes to.
func (r *Reasons) makeMaps(room int) (err error) {
	if r.events, err = ebpf.NewMap(&ebpf.MapSpec{Name: "rst_events", Type: ebpf.RingBuf, MaxEntries: uint32(room)}); err != nil {
		return fmt.Errorf("making a ring: %w", err)
	}
	if r.full, err = ebpf.NewMap(&ebpf.MapSpec{Name: "rst_lost", Type: ebpf.Array, KeySize: 4, ValueSize: 8, MaxEntries: 1}); err != nil {
		return fmt.Errorf("making a counter: %w", err)
	}
	if r.reader, err = ringbuf.NewReader(r.events); err != nil {
		return fmt.Errorf("reading the ring: %w", err)
	}
	r.reader.SetDeadline(time.Unix(0, 1)) // what is there is read, and nothing waited for
	return nil
}

// attach loads the program and lets the kernel run it for every RST.
func (r *Reasons) attach(network uint32) (err error) {
	p := program{at: r.layout.offsets, network: network, events: r.events.FD(), full: r.full.FD()}
	r.program, err = ebpf.NewProgram(&ebpf.ProgramSpec{
		Name: "rst_reason", Type: ebpf.RawTracepoint, License: "GPL", Instructions: p.instructions(),
	})
	if err != nil {
		return fmt.Errorf("loading the program: %w", err)
	}
	if r.tap, err = link.AttachRawTracepoint(link.RawTracepointOptions{Name: tracepoint, Program: r.program}); err != nil {
		return fmt.Errorf("attaching to the tracepoint %s: %w", tracepoint, err)
	}
	return nil
}

// ownNetwork is the number of this process's network namespace.
func ownNetwork() (uint32, error) {
	info, err := os.Stat("/proc/self/ns/net")
	if err != nil {
		return 0, fmt.Errorf("naming this network: %w", err)
	}
	return uint32(info.Sys().(*syscall.Stat_t).Ino), nil
}

// explainedReasons says what to do about a missing right. What the library
// says about it, of the limit of locked memory, no longer holds.
func explainedReasons(err error) error {
	if errors.Is(err, syscall.EPERM) {
		return fmt.Errorf("%w: it takes the machine's root, not that of a user namespace: %w", errors.ErrUnsupported, syscall.EPERM)
	}
	return err
}

// Flush takes every event up to now. The kernel tells of some RSTs just after
// it has sent them, before the call that does so returns: after a
// [Capture.Flush] it has told of all that were captured.
func (r *Reasons) Flush(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return fmt.Errorf("reading the kernel's reasons: %w", os.ErrClosed)
	}
	epoch, err := kernel.Epoch()
	var record ringbuf.Record
	for err == nil {
		if err = context.Cause(ctx); err != nil {
			break
		}
		if err = r.reader.ReadInto(&record); err != nil {
			break
		}
		var e event
		if _, err = binary.Decode(record.RawSample, binary.NativeEndian, &e); err == nil {
			r.taken = append(r.taken, e.reason(r.layout.words, epoch))
		}
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return nil // there is no more
	}
	return fmt.Errorf("reading the kernel's reasons: %w", err)
}

// Take returns the reasons up to the last Flush, in the order of time, and how
// many found no room, that were not returned before.
func (r *Reasons) Take() (all []wire.Reason, lost uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var full uint64
	if !r.closed && r.full.Lookup(uint32(0), &full) == nil {
		r.lost, lost = full, full-r.lost
	}
	all, r.taken = r.taken, nil
	slices.SortStableFunc(all, func(a, b wire.Reason) int { return cmp.Compare(a.At, b.At) }) // processors overtake each other
	return all, lost
}

// Close ends it. It may be called twice; what was flushed can be taken still.
func (r *Reasons) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil
	}
	r.closed = true
	var err error
	if r.tap != nil {
		err = r.tap.Close()
	}
	if r.reader != nil {
		err = errors.Join(err, r.reader.Close())
	}
	return errors.Join(err, r.program.Close(), r.events.Close(), r.full.Close())
}
