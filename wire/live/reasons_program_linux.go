package live

import (
	"slices"
	"unsafe"

	"github.com/cilium/ebpf/asm"
)

// A program tells of every RST in a network. It keeps the socket in R7, the
// segment in R8, and builds the event on its stack.
type program struct {
	at           offsets
	network      uint32 // inode number
	events, full int    // descriptors of the maps
}

// Where on the stack stands what the program builds.
const (
	size    = int16(unsafe.Sizeof(event{}))
	base    = -size       // of the event
	scratch = base - 8    // of what is looked up
	key     = scratch - 8 // of the counter
)

// noWakeup is BPF_RB_NO_WAKEUP: nobody waits for an event.
const noWakeup = 1

func (p *program) instructions() asm.Instructions {
	return slices.Concat(p.arguments(), p.ownNetwork(), p.socket(), p.segment(), p.output(), p.count(),
		asm.Instructions{asm.Mov.Imm(asm.R0, 0).WithSymbol("exit"), asm.Return()})
}

// arguments clears the event and takes the tracepoint's arguments.
func (p *program) arguments() asm.Instructions {
	all := asm.Instructions{asm.Mov.Imm(asm.R2, 0)}
	for at := base; at < 0; at += 8 {
		all = append(all, asm.StoreMem(asm.RFP, at, asm.R2, asm.DWord))
	}
	return append(all,
		asm.LoadMem(asm.R7, asm.R1, 0, asm.DWord),
		asm.LoadMem(asm.R8, asm.R1, 8, asm.DWord),
		asm.LoadMem(asm.R1, asm.R1, 16, asm.DWord),
		asm.StoreMem(asm.RFP, base+int16(unsafe.Offsetof(event{}.Why)), asm.R1, asm.Word),
	)
}

// read copies bytes of the kernel's memory to the stack: from an offset behind
// the address in a register.
func read(to int16, bytes int32, from asm.Register, offset int32) asm.Instructions {
	return asm.Instructions{
		asm.Mov.Reg(asm.R1, asm.RFP), asm.Add.Imm(asm.R1, int32(to)),
		asm.Mov.Imm(asm.R2, bytes),
		asm.Mov.Reg(asm.R3, from), asm.Add.Imm(asm.R3, offset),
		asm.FnProbeReadKernel.Call(),
	}
}

// follow loads a pointer of the kernel's.
func follow(to, from asm.Register, offset int32) asm.Instructions {
	return append(read(scratch, 8, from, offset), asm.LoadMem(to, asm.RFP, scratch, asm.DWord))
}

// ownNetwork goes on only if the RST is sent in the network. Where there is no
// socket the segment has just come from a device.
func (p *program) ownNetwork() asm.Instructions {
	return slices.Concat(
		asm.Instructions{asm.JEq.Imm(asm.R7, 0, "device")},
		follow(asm.R9, asm.R7, p.at.network),
		asm.Instructions{asm.Ja.Label("network"), asm.JEq.Imm(asm.R8, 0, "exit").WithSymbol("device")},
		follow(asm.R9, asm.R8, p.at.device),
		follow(asm.R9, asm.R9, p.at.networkOfDevice),
		named("network", read(scratch, 4, asm.R9, p.at.number)),
		asm.Instructions{
			asm.LoadMem(asm.R1, asm.RFP, scratch, asm.Word),
			asm.LoadImm(asm.R2, int64(p.network), asm.DWord),
			asm.JNE.Reg(asm.R1, asm.R2, "exit"),
			asm.FnKtimeGetNs.Call(),
			asm.StoreMem(asm.RFP, base+int16(unsafe.Offsetof(event{}.At)), asm.R0, asm.DWord),
		},
	)
}

// named lets instructions be jumped to.
func named(symbol string, all asm.Instructions) asm.Instructions {
	all[0] = all[0].WithSymbol(symbol)
	return all
}

// socket reads of the socket, if there is one.
func (p *program) socket() asm.Instructions {
	all := asm.Instructions{
		asm.JEq.Imm(asm.R7, 0, "segment"),
		asm.StoreImm(asm.RFP, base+int16(unsafe.Offsetof(event{}.HasSocket)), 1, asm.Byte),
	}
	for _, field := range []struct {
		to    uintptr
		bytes int32
		at    int32
	}{
		{unsafe.Offsetof(event{}.State), 1, p.at.state},
		{unsafe.Offsetof(event{}.Family), 2, p.at.family},
		{unsafe.Offsetof(event{}.SourcePort), 2, p.at.sourcePort},
		{unsafe.Offsetof(event{}.TargetPort), 2, p.at.targetPort},
		{unsafe.Offsetof(event{}.Source4), 4, p.at.source4},
		{unsafe.Offsetof(event{}.Target4), 4, p.at.target4},
		{unsafe.Offsetof(event{}.Source6), 16, p.at.source6},
		{unsafe.Offsetof(event{}.Target6), 16, p.at.target6},
		{unsafe.Offsetof(event{}.Next), 4, p.at.next},
		{unsafe.Offsetof(event{}.Unacked), 4, p.at.unacknowledged},
		{unsafe.Offsetof(event{}.Window), 4, p.at.window},
	} {
		all = append(all, read(base+int16(field.to), field.bytes, asm.R7, field.at)...)
	}
	return all
}

// segment reads the headers of the segment that is answered, if there is one.
func (p *program) segment() asm.Instructions {
	all := asm.Instructions{
		asm.JEq.Imm(asm.R8, 0, "output").WithSymbol("segment"),
		asm.StoreImm(asm.RFP, base+int16(unsafe.Offsetof(event{}.HasSegment)), 1, asm.Byte),
	}
	for _, header := range []struct {
		to, bytes uintptr
		at        int32
	}{
		{unsafe.Offsetof(event{}.IP), unsafe.Sizeof(event{}.IP), p.at.ip},
		{unsafe.Offsetof(event{}.TCP), unsafe.Sizeof(event{}.TCP), p.at.tcp},
	} {
		all = slices.Concat(all,
			read(scratch, 2, asm.R8, header.at), // it counts from the head
			asm.Instructions{asm.LoadMem(asm.R6, asm.RFP, scratch, asm.Half)},
			follow(asm.R9, asm.R8, p.at.head),
			asm.Instructions{asm.Add.Reg(asm.R9, asm.R6)},
			read(base+int16(header.to), int32(header.bytes), asm.R9, 0),
		)
	}
	return all
}

// output hands the event over, and ends if there is room.
func (p *program) output() asm.Instructions {
	return asm.Instructions{
		asm.LoadMapPtr(asm.R1, p.events).WithSymbol("output"),
		asm.Mov.Reg(asm.R2, asm.RFP), asm.Add.Imm(asm.R2, int32(base)),
		asm.Mov.Imm(asm.R3, int32(size)),
		asm.Mov.Imm(asm.R4, noWakeup),
		asm.FnRingbufOutput.Call(),
		asm.JEq.Imm(asm.R0, 0, "exit"),
	}
}

// count counts an event that is lost, so that silence is never taken for the
// kernel's.
func (p *program) count() asm.Instructions {
	return asm.Instructions{
		asm.StoreImm(asm.RFP, key, 0, asm.Word),
		asm.LoadMapPtr(asm.R1, p.full),
		asm.Mov.Reg(asm.R2, asm.RFP), asm.Add.Imm(asm.R2, int32(key)),
		asm.FnMapLookupElem.Call(),
		asm.JEq.Imm(asm.R0, 0, "exit"),
		asm.Mov.Imm(asm.R1, 1),
		asm.AddAtomic.Mem(asm.R0, asm.R1, asm.DWord, 0),
	}
}
