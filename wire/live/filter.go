package live

import (
	"fmt"
	"slices"

	"golang.org/x/net/bpf"

	"rstorm/kernel"
)

// manyPorts is how many ports are told apart. With more of them all ports are
// captured: a filter takes of the socket's option memory (optmem_max, 20 KiB on
// older kernels), and twice while it is replaced.
const manyPorts = 128

// What packets are told apart by: constants of linux/if_packet.h, if_arp.h and
// if_ether.h, and of the headers' RFCs.
const (
	outgoing     = 4   // PACKET_OUTGOING
	loopback     = 772 // ARPHRD_LOOPBACK
	ipv4, ipv6   = 0x0800, 0x86dd
	tcp, udp     = 6, 17
	offsetOfIPv4 = 0x1fff // its bits in the word with the flags
	fin, syn     = 0x01, 0x02
	rst          = 0x04
)

// A filter says what is captured.
type filter struct {
	mode   Mode
	snap   int
	ports  []uint16 // those watched, either end
	marker uint16   // port of the datagrams that flush
}

// program is f for the kernel. Each step either ends with a verdict or goes on
// with what stands behind it, so that no jump is long.
func (f filter) program() ([]kernel.Instruction, error) {
	v4 := slices.Concat(f.marked(), ipv4Header())
	v6 := ipv6Header()
	all := slices.Concat(
		f.once(),
		[]bpf.Instruction{
			bpf.LoadExtension{Num: bpf.ExtProto},
			bpf.JumpIf{Cond: bpf.JumpEqual, Val: ipv4, SkipFalse: uint8(len(v4) + 1)},
		},
		v4, []bpf.Instruction{bpf.Jump{Skip: uint32(len(v6))}},
		v6,
		f.segment(), f.watched(),
	)
	raw, err := bpf.Assemble(all)
	if err != nil {
		return nil, fmt.Errorf("assembling the filter: %w", err)
	}
	program := make([]kernel.Instruction, len(raw))
	for i, r := range raw {
		program[i] = kernel.Instruction(r)
	}
	return program, nil
}

// keep captures the packet.
func (f filter) keep() bpf.Instruction { return bpf.RetConstant{Val: uint32(f.snap)} }

// unless is a verdict on the value just loaded if the condition does not hold.
func unless(holds bpf.JumpTest, value uint32, verdict bpf.Instruction) []bpf.Instruction {
	return []bpf.Instruction{bpf.JumpIf{Cond: holds, Val: value, SkipTrue: 1}, verdict}
}

// when is a verdict on the value just loaded if the condition holds.
func when(holds bpf.JumpTest, value uint32, verdict bpf.Instruction) []bpf.Instruction {
	return []bpf.Instruction{bpf.JumpIf{Cond: holds, Val: value, SkipFalse: 1}, verdict}
}

// drop does not capture the packet.
func drop() bpf.Instruction { return bpf.RetConstant{Val: 0} }

// once drops what goes out over loopback: it comes in there too. That it does
// is cheaper to see, see [kernel.Packets.Outgoing].
func (f filter) once() []bpf.Instruction {
	leaving := slices.Concat([]bpf.Instruction{bpf.LoadExtension{Num: bpf.ExtLinkLayerType}}, when(bpf.JumpEqual, loopback, drop()))
	return slices.Concat([]bpf.Instruction{
		bpf.LoadExtension{Num: bpf.ExtType},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: outgoing, SkipFalse: uint8(len(leaving))},
	}, leaving)
}

// marked decides on UDP over IPv4: only what goes from the marker's port to
// itself is kept.
func (f filter) marked() []bpf.Instruction {
	datagram := slices.Concat(
		[]bpf.Instruction{bpf.LoadAbsolute{Off: 20, Size: 4}},
		unless(bpf.JumpEqual, uint32(f.marker)<<16|uint32(f.marker), drop()),
		[]bpf.Instruction{f.keep()},
	)
	return slices.Concat([]bpf.Instruction{
		bpf.LoadAbsolute{Off: 9, Size: 1},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: udp, SkipFalse: uint8(len(datagram))},
	}, datagram)
}

// ipv4Header drops all but TCP, and fragments without the TCP header, and
// leaves the length of the header in X. The protocol has been loaded.
func ipv4Header() []bpf.Instruction {
	return slices.Concat(
		unless(bpf.JumpEqual, tcp, drop()),
		[]bpf.Instruction{bpf.LoadAbsolute{Off: 6, Size: 2}},
		when(bpf.JumpBitsSet, offsetOfIPv4, drop()),
		[]bpf.Instruction{bpf.LoadMemShift{Off: 0}},
	)
}

// ipv6Header does the same where no extension header stands between. What
// carries the packet has been loaded.
func ipv6Header() []bpf.Instruction {
	return slices.Concat(
		unless(bpf.JumpEqual, ipv6, drop()),
		[]bpf.Instruction{bpf.LoadAbsolute{Off: 6, Size: 1}},
		unless(bpf.JumpEqual, tcp, drop()),
		[]bpf.Instruction{bpf.LoadConstant{Dst: bpf.RegX, Val: 40}},
	)
}

// segment decides by the flags, as far as they do. X is where the TCP header
// begins.
func (f filter) segment() []bpf.Instruction {
	decided := slices.Concat([]bpf.Instruction{bpf.LoadIndirect{Off: 13, Size: 1}}, when(bpf.JumpBitsSet, rst, f.keep()))
	if f.mode == Control {
		decided = slices.Concat(decided, unless(bpf.JumpBitsSet, syn|fin, drop()))
	}
	return decided
}

// watched decides by the ports.
func (f filter) watched() []bpf.Instruction {
	if len(f.ports) > manyPorts {
		return []bpf.Instruction{f.keep()}
	}
	var all []bpf.Instruction
	for _, end := range []uint32{0, 2} {
		all = append(all, bpf.LoadIndirect{Off: end, Size: 2})
		for _, port := range f.ports {
			all = append(all, when(bpf.JumpEqual, uint32(port), f.keep())...)
		}
	}
	return append(all, drop())
}
