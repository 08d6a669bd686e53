package kernel

import (
	"fmt"
	"os"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A descriptor is what a block of the ring begins with, of struct
// tpacket_block_desc in linux/if_packet.h.
type descriptor struct {
	_, _           uint32
	status         uint32
	packets, first uint32 // how many there are, and where the first one is
}

// addressAt is where behind its header a packet's struct sockaddr_ll stands:
// TPACKET_ALIGN(sizeof(struct tpacket3_hdr)).
const addressAt = (unsafe.Sizeof(unix.Tpacket3Hdr{}) + unix.TPACKET_ALIGNMENT - 1) &^ (unix.TPACKET_ALIGNMENT - 1)

// Read waits until a block of the ring has been filled, or has lain there for
// some milliseconds with something in it, and tells handle of each packet in
// the block, in their order, before it gives the block back. The packet and its
// Data are valid during the call. An error wraps [os.ErrClosed] once p is
// closed.
func (p *Packets) Read(handle func(*Packet)) error {
	p.reading.Lock()
	defer p.reading.Unlock()
	if p.closed.Load() {
		return fmt.Errorf("reading packets: %w", os.ErrClosed)
	}
	block := p.ring[p.next : p.next+p.block]
	d := (*descriptor)(unsafe.Pointer(&block[0]))
	err := p.raw.Read(func(uintptr) bool { return atomic.LoadUint32(&d.status)&unix.TP_STATUS_USER != 0 })
	switch {
	case p.closed.Load():
		return fmt.Errorf("reading packets: %w", os.ErrClosed)
	case err != nil:
		return fmt.Errorf("reading packets: %w", err)
	}
	p.each(block, d, handle)
	atomic.StoreUint32(&d.status, unix.TP_STATUS_KERNEL)
	if p.next += p.block; p.next == len(p.ring) {
		p.next = 0
	}
	return nil
}

// each tells handle of the packets in a block.
func (p *Packets) each(block []byte, d *descriptor, handle func(*Packet)) {
	at := uintptr(d.first)
	for range d.packets {
		header := (*unix.Tpacket3Hdr)(unsafe.Pointer(&block[at]))
		address := (*unix.RawSockaddrLinklayer)(unsafe.Pointer(&block[at+addressAt]))
		begins := at + uintptr(header.Net)
		p.packet = Packet{
			At:        int64(header.Sec)*1e9 + int64(header.Nsec),
			Interface: int(address.Ifindex),
			Outgoing:  address.Pkttype == unix.PACKET_OUTGOING,
			Loopback:  address.Hatype == unix.ARPHRD_LOOPBACK,
			Length:    int(header.Len),
			Data:      block[begins : begins+uintptr(header.Snaplen)],
		}
		handle(&p.packet)
		at += uintptr(header.Next_offset)
	}
}
