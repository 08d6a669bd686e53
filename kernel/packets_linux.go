package kernel

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// retire is how long a packet may lie in a block of the ring that is not full.
// A shorter time wakes the reader more often, at the cost of what is watched.
const retire = 10 * time.Millisecond

// Packets is a copy of the packets that pass the interfaces of this network
// namespace: a packet socket with a ring in shared memory (packet(7),
// TPACKET_V3), from which they are read in place, a block of them at a time. A
// packet over loopback passes twice, going out and coming in. Its methods are
// safe for concurrent use.
type Packets struct {
	file   *os.File
	raw    syscall.RawConn // file in the runtime's poller
	closed atomic.Bool

	reading sync.Mutex // while it is held the ring stays mapped
	ring    []byte
	block   int // bytes of each block
	next    int // where in ring the block begins that is read next
	packet  Packet

	counting sync.Mutex
	dropped  uint64
}

// OpenPackets opens a ring of about so many bytes for what filter lets
// through: it sees each packet from the IP header on and returns how many bytes
// of it to keep. An error wraps the errno: EPERM without CAP_NET_RAW in the
// user namespace that owns this network.
func OpenPackets(ring int, filter []Instruction) (*Packets, error) {
	// Without a protocol nothing is delivered before bind: what the filter is
	// to keep out does not slip in.
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("opening a packet socket: %w", err)
	}
	p := &Packets{file: os.NewFile(uintptr(fd), "packets")}
	if p.raw, err = p.file.SyscallConn(); err == nil {
		err = p.Filter(filter)
	}
	if err == nil {
		err = control("set up a packet socket", p.file, func(fd int) error { return p.bind(fd, ring) })
	}
	if err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

// bind maps a ring and lets it fill.
func (p *Packets) bind(fd, size int) error {
	if err := unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_VERSION, unix.TPACKET_V3); err != nil {
		return fmt.Errorf("TPACKET_V3: %w", err)
	}
	const frame = 2048 // of no account in TPACKET_V3, but the kernel wants the sum to come out
	block := blockOf(size)
	blocks := max(2, size/block)
	err := unix.SetsockoptTpacketReq3(fd, unix.SOL_PACKET, unix.PACKET_RX_RING, &unix.TpacketReq3{
		Block_size: uint32(block), Block_nr: uint32(blocks),
		Frame_size: frame, Frame_nr: uint32(blocks * (block / frame)),
		Retire_blk_tov: uint32(retire.Milliseconds()),
	})
	if err != nil {
		return fmt.Errorf("a ring of %d bytes: %w", blocks*block, err)
	}
	p.block = block
	if p.ring, err = unix.Mmap(fd, 0, blocks*block, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED); err != nil {
		return fmt.Errorf("mapping a ring of %d bytes: %w", blocks*block, err)
	}
	var all [2]byte // the protocol is in network byte order
	binary.BigEndian.PutUint16(all[:], unix.ETH_P_ALL)
	if err := unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: binary.NativeEndian.Uint16(all[:])}); err != nil {
		return fmt.Errorf("binding it to all interfaces: %w", err)
	}
	return nil
}

// blockOf is how large the blocks of a ring of size bytes are: a power of two,
// 256 KiB at most, from where on greater ones are not cheaper, and 16 KiB at
// least, and a quarter of the ring at most between.
func blockOf(size int) int {
	quarter := 1 << max(0, bits.Len(uint(max(size, 0)))-3)
	return min(max(quarter, 16<<10, os.Getpagesize()), 256<<10)
}

// Filter replaces the filter at once: a packet meets the old one or the new
// one, and one that is sent later meets the new one.
func (p *Packets) Filter(filter []Instruction) error {
	program := make([]unix.SockFilter, len(filter))
	for i, f := range filter {
		program[i] = unix.SockFilter{Code: f.Op, Jt: f.Jt, Jf: f.Jf, K: f.K}
	}
	if len(program) == 0 || len(program) > unix.BPF_MAXINSNS {
		return fmt.Errorf("attach a filter of %d instructions: %w", len(program), unix.EINVAL)
	}
	return p.control("attach a filter to a packet socket", func(fd int) error {
		return unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]})
	})
}

// Outgoing says whether packets are seen that go out, as they are at first.
// Without them what passes costs a third less: the kernel clones each packet
// that goes out, before the filter, and none that arrives.
func (p *Packets) Outgoing(seen bool) error {
	ignore := 1
	if seen {
		ignore = 0
	}
	return p.control("choose the packets of a packet socket", func(fd int) error {
		return unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_IGNORE_OUTGOING, ignore)
	})
}

// Dropped is how many packets found the ring full and are lost. The error wraps
// [os.ErrClosed] once p is closed; the number stays what it was when it was
// last asked for.
func (p *Packets) Dropped() (uint64, error) {
	p.counting.Lock()
	defer p.counting.Unlock()
	err := p.control("read a packet socket's statistics", func(fd int) error {
		statistics, err := unix.GetsockoptTpacketStatsV3(fd, unix.SOL_PACKET, unix.PACKET_STATISTICS)
		if err == nil {
			p.dropped += uint64(statistics.Drops) // the kernel begins anew
		}
		return err
	})
	return p.dropped, err
}

// control is [control], with [os.ErrClosed] for what package os calls otherwise.
func (p *Packets) control(doing string, do func(fd int) error) error {
	err := control(doing, p.file, do)
	if err != nil && p.closed.Load() {
		return fmt.Errorf("%s: %w", doing, os.ErrClosed)
	}
	return err
}

// Close wakes a waiting Read, waits for it and gives the ring up. It is safe to
// call twice, but not from what Read calls.
func (p *Packets) Close() error {
	if p.closed.Swap(true) {
		return nil
	}
	err := p.file.Close()
	p.reading.Lock()
	defer p.reading.Unlock()
	if p.ring != nil {
		err = errors.Join(err, os.NewSyscallError("munmap", unix.Munmap(p.ring)))
		p.ring = nil
	}
	return err
}
