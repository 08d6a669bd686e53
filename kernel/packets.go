package kernel

// A Packet is one that passed an interface while [Packets] were open.
type Packet struct {
	At        int64  // when, in nanoseconds since 1970 by the system's clock
	Interface int    // index of the interface
	Outgoing  bool   // this machine sends it; else it arrives
	Loopback  bool   // over loopback
	Length    int    // bytes from the IP header on
	Data      []byte // of these the first ones, as many as the filter keeps; memory of the ring
}

// An Instruction is one of a program of classic BPF (struct sock_filter in
// linux/filter.h).
type Instruction struct {
	Op     uint16
	Jt, Jf uint8
	K      uint32
}
