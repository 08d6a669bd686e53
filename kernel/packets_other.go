//go:build !linux

package kernel

import (
	"errors"
	"fmt"
	"runtime"
)

// Packets are for Linux only.
type Packets struct{ _ byte }

// OpenPackets is for Linux only: the error wraps [errors.ErrUnsupported].
func OpenPackets(int, []Instruction) (*Packets, error) { return nil, noPackets() }

func noPackets() error {
	return fmt.Errorf("packets are captured on Linux only, and this is %s: %w", runtime.GOOS, errors.ErrUnsupported)
}

// Read is for Linux only: the error wraps [errors.ErrUnsupported].
func (*Packets) Read(func(*Packet)) error { return noPackets() }

// Filter is for Linux only: the error wraps [errors.ErrUnsupported].
func (*Packets) Filter([]Instruction) error { return noPackets() }

// Outgoing is for Linux only: the error wraps [errors.ErrUnsupported].
func (*Packets) Outgoing(bool) error { return noPackets() }

// Dropped is for Linux only: the error wraps [errors.ErrUnsupported].
func (*Packets) Dropped() (uint64, error) { return 0, noPackets() }

// Close is for Linux only: the error wraps [errors.ErrUnsupported].
func (*Packets) Close() error { return noPackets() }
