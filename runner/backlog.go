package runner

import (
	"encoding/binary"

	"rstorm/wire"
)

// A backlog keeps packets until there is time to look at them: what that costs
// while commands are being sent would be measured with them. It takes them in
// chunks, which it uses again. Its zero value is empty.
type backlog struct {
	full  [][]byte // in order
	chunk []byte   // being filled
	spare [][]byte
}

// Bounds of a backlog: what is more is looked at at once, the oldest first.
const (
	chunkSize  = 1 << 20
	chunksMost = 48
)

// packetHead is what stands before each packet: when, its number, its interface, the
// bytes it had and those that are kept, and whether it went out.
const packetHead = 8 + 8 + 4 + 4 + 4 + 1

// add keeps a packet, and hands over what there is no room for.
func (b *backlog) add(p *wire.Packet, s *wire.Segment, look func(*wire.Packet, *wire.Segment)) {
	if cap(b.chunk)-len(b.chunk) < packetHead+len(p.Data) {
		b.turn(packetHead+len(p.Data), look)
	}
	c := binary.NativeEndian.AppendUint64(b.chunk, uint64(p.At))
	c = binary.NativeEndian.AppendUint64(c, uint64(p.Number))
	c = binary.NativeEndian.AppendUint32(c, uint32(p.Interface))
	c = binary.NativeEndian.AppendUint32(c, uint32(p.Length))
	c = binary.NativeEndian.AppendUint32(c, uint32(len(p.Data)))
	out := byte(0)
	if s.Outgoing {
		out = 1
	}
	b.chunk = append(append(c, out), p.Data...)
}

// turn begins a chunk with room for so many bytes.
func (b *backlog) turn(need int, look func(*wire.Packet, *wire.Segment)) {
	if len(b.chunk) > 0 {
		b.full = append(b.full, b.chunk)
	}
	if len(b.full) >= chunksMost {
		oldest := b.full[0]
		b.full = append(b.full[:0], b.full[1:]...)
		replay(oldest, look)
		b.spare = append(b.spare, oldest[:0])
	}
	b.chunk = nil
	if n := len(b.spare); n > 0 {
		b.chunk, b.spare = b.spare[n-1], b.spare[:n-1]
	}
	if cap(b.chunk) < need {
		b.chunk = make([]byte, 0, max(chunkSize, need))
	}
}

// work hands over all that was kept, in order, and forgets it.
func (b *backlog) work(look func(*wire.Packet, *wire.Segment)) {
	for _, c := range append(b.full, b.chunk) {
		replay(c, look)
		b.spare = append(b.spare, c[:0])
	}
	b.full, b.chunk = nil, nil
}

// replay hands over the packets of a chunk. They are raw IP, as they came.
func replay(c []byte, look func(*wire.Packet, *wire.Segment)) {
	var s wire.Segment
	for len(c) > 0 {
		size := int(binary.NativeEndian.Uint32(c[24:]))
		p := wire.Packet{
			At: int64(binary.NativeEndian.Uint64(c)), Number: int(binary.NativeEndian.Uint64(c[8:])), Link: wire.LinkRaw,
			Interface: int(binary.NativeEndian.Uint32(c[16:])), Length: int(binary.NativeEndian.Uint32(c[20:])),
			Data: c[packetHead : packetHead+size : packetHead+size],
		}
		out := c[packetHead-1] == 1
		if c = c[packetHead+size:]; wire.Decode(&p, &s) == wire.IsTCP { // as it was before
			s.Outgoing = out
			look(&p, &s)
		}
	}
}
