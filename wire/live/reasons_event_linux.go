package live

import (
	"encoding/binary"
	"net/netip"
	"syscall"

	"rstorm/wire"
)

// An event is what the program writes of a RST. No field is padded. Ports,
// addresses and headers are in network byte order.
type event struct {
	At                     uint64 // by CLOCK_MONOTONIC
	Why                    uint32
	HasSocket, HasSegment  uint8
	State                  uint8
	_                      uint8
	Family                 uint16
	SourcePort, TargetPort [2]byte
	_                      uint16
	Source4, Target4       [4]byte
	Source6, Target6       [16]byte
	Next, Unacked, Window  uint32 // of the socket's sending side, in the machine's byte order
	_                      uint32
	IP                     [40]byte // headers of the segment that the RST answers
	TCP                    [16]byte
}

// listening is TCP_LISTEN (include/net/tcp_states.h).
const listening = 10

// reason is what an event says.
func (e *event) reason(words map[uint32]string, epoch int64) wire.Reason {
	r := wire.Reason{At: int64(e.At) + epoch, Word: words[e.Why], Listening: e.HasSocket != 0 && e.State == listening}
	if e.HasSegment != 0 {
		e.answer(&r)
	} else {
		e.abort(&r)
	}
	return r
}

// answer reads the RST off the segment that it answers: the other way, and
// where that says it expects the next byte (RFC 9293 section 3.10.7.1).
func (e *event) answer(r *wire.Reason) {
	const ack = 0x10
	source, target := netip.AddrFrom4([4]byte(e.IP[12:])), netip.AddrFrom4([4]byte(e.IP[16:]))
	if e.IP[0]>>4 == 6 {
		source, target = netip.AddrFrom16([16]byte(e.IP[8:])), netip.AddrFrom16([16]byte(e.IP[24:]))
	}
	r.Source = netip.AddrPortFrom(target, binary.BigEndian.Uint16(e.TCP[2:]))
	r.Target = netip.AddrPortFrom(source, binary.BigEndian.Uint16(e.TCP[:]))
	r.HasSeq = true
	if e.TCP[13]&ack != 0 {
		r.Seq = binary.BigEndian.Uint32(e.TCP[8:])
	}
}

// abort reads the RST off the socket that sends it of itself. Its number is the
// next one to be sent, unless the peer's window is too small for that
// (tcp_acceptable_seq in the kernel's net/ipv4/tcp_output.c).
func (e *event) abort(r *wire.Reason) {
	source, target := netip.AddrFrom4(e.Source4), netip.AddrFrom4(e.Target4)
	if e.Family == syscall.AF_INET6 {
		source, target = netip.AddrFrom16(e.Source6).Unmap(), netip.AddrFrom16(e.Target6).Unmap()
	}
	r.Source = netip.AddrPortFrom(source, binary.BigEndian.Uint16(e.SourcePort[:]))
	r.Target = netip.AddrPortFrom(target, binary.BigEndian.Uint16(e.TargetPort[:]))
	if int32(e.Unacked+e.Window-e.Next) >= 0 {
		r.Seq, r.HasSeq = e.Next, true
	}
}
