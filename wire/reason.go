package wire

import "net/netip"

// A Reason is why a kernel says that it sent a RST (the tracepoint
// tcp:tcp_send_reset of Linux 6.10 and later).
type Reason struct {
	At             int64          // nanoseconds since 1970
	Source, Target netip.AddrPort // as the RST travels; Target is not valid where the kernel does not tell
	Seq            uint32         // sequence number of the RST; meaningful if HasSeq
	HasSeq         bool
	Word           string // as in the kernel's enum sk_rst_reason, without its prefix: "TCP_ABORT_ON_CLOSE"
	Listening      bool   // it was a listening socket that answered
}

// A Witness is what is known of a conversation beside its packets.
type Witness struct {
	Reasons []Reason // for RSTs between its two addresses, in order of time
	Watched bool     // the kernels of both ends were watched without a gap: a RST without a reason was sent by neither
	Foreign bool     // nothing is known of the server: it may be a proxy, which passes on how others end
	Over    bool     // nothing more will come of it, even if it is Cut: the client has given up, or the capture went on for long
}
